// SPDX-License-Identifier: GPL-3.0-or-later
// A row of tags, "all" and one a class; what does not fit is behind the last one, as a list to search in.
#pragma once

#include <QPointer>
#include <QStringList>
#include <QWidget>
#include <vector>

namespace graft::ui {

class Pill;
class SearchList;

class ClassFilter : public QWidget {
    Q_OBJECT
  public:
    explicit ClassFilter(QWidget* parent = nullptr);

    void setClasses(const QStringList& classes);  // chooses "all"
    int chosen() const { return m_chosen; }       // -1: all
    void choose(int classIndex);

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override { return {60, 20}; }

  signals:
    void chosenChanged(int classIndex);

  protected:
    void resizeEvent(QResizeEvent* event) override;

  private:
    Pill* addPill(const QString& text, int classIndex);
    void arrange();
    void openList();

    QStringList m_classes;
    std::vector<Pill*> m_pills;  // "all" first; only as many classes as could ever fit
    Pill* m_more;
    QPointer<SearchList> m_list;  // that is open
    int m_chosen = -1;
};

}  // namespace graft::ui
