// SPDX-License-Identifier: GPL-3.0-or-later
// The figures that matter, large and in a row, each under its name; many in two rows where there is little
// room.
#pragma once

#include <QString>
#include <QWidget>
#include <vector>

class QVBoxLayout;

namespace graft::ui {

struct Figure {
    QString name;
    QString value;
    QString unit;
    QString tooltip;
};

class FigureRow : public QWidget {
    Q_OBJECT

  public:
    explicit FigureRow(QWidget* parent = nullptr);

    void setFigures(const std::vector<Figure>& figures);
    // The value under this name, as shown; empty if there is none.
    QString valueOf(const QString& name) const;

    QSize minimumSizeHint() const override;

  protected:
    void resizeEvent(QResizeEvent* event) override;

  private:
    void build();
    int rowCount() const;
    bool isNarrow() const;

    QVBoxLayout* m_layout;
    int m_rows = 1;
    bool m_isNarrow = false;
    std::vector<Figure> m_figures;
};

}  // namespace graft::ui
