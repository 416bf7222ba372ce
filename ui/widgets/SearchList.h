// SPDX-License-Identifier: GPL-3.0-or-later
// A list that drops down to choose one of many names from: a field to search in, and below it at most a dozen
// rows, the others by scrolling. It deletes itself when it closes. Example:
//     auto* list = new SearchList(names, chosen, this);
//     connect(list, &SearchList::chosen, this, &Filter::choose);
//     list->popUp(button);
// Letters search, the arrow keys move, Return chooses, Escape closes.
#pragma once

#include <QFrame>
#include <QStringList>

class QLabel;
class QLineEdit;
class QListView;
class QSortFilterProxyModel;

namespace graft::ui {

class SearchList : public QFrame {
    Q_OBJECT
  public:
    static constexpr int kMostRows = 12;

    // current: an index into names, or -1.
    SearchList(const QStringList& names, int current, QWidget* parent);

    void popUp(const QWidget& below);  // under it, or above it where the screen ends

    int rowCount() const;  // that the search has left
    // Which the keys have come to: an index into the names; -1: none.
    int current() const;

  signals:
    void chosen(int index);

  protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

  private:
    void search(const QString& words);
    void take(const QModelIndex& index);
    void fitRows();

    QLineEdit* m_search;
    QListView* m_list;
    QLabel* m_nothing;
    QSortFilterProxyModel* m_found;
};

}  // namespace graft::ui
