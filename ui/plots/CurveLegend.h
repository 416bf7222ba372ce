// SPDX-License-Identifier: GPL-3.0-or-later
// Says which line of a CurvePlot is which: a piece of each line and its name, beside one another or, of many,
// below one another.
#pragma once

#include <QStringList>
#include <QWidget>

namespace graft::ui {

class CurveLegend : public QWidget {
    Q_OBJECT

  public:
    explicit CurveLegend(Qt::Orientation orientation, QWidget* parent = nullptr);

    void setNames(const QStringList& names);  // in the plot's order
    const QStringList& names() const { return m_names; }

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;
    // Where there is no room for it: with an ellipsis.
    bool isElided() const;
    // As they are drawn where there is no room for whole ones below one another: what tells them apart, and
    // of that what has room. The whole ones are in the tooltip.
    QStringList shownNames() const;

  protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;

  private:
    bool isVertical() const { return m_orientation == Qt::Vertical; }
    void showWholeInToolTip();
    int nameWidth(const QString& name) const;
    int shownWidth(const QString& name) const;  // in the room that there is

    Qt::Orientation m_orientation;
    QStringList m_names;
    QStringList m_apart;  // see namesApart(); the names where these have room
};

}  // namespace graft::ui
