// SPDX-License-Identifier: GPL-3.0-or-later
// A table that is sorted by a click on a column's head, and without a mouse: the Menu key, Shift+F10 or a
// right click offers the columns that it shows.
#pragma once

#include <QObject>
#include <QPoint>
#include <QPointer>
#include <QString>

class QMenu;
class QTableView;

namespace graft::ui {

class SortMenu : public QObject {
    Q_OBJECT
  public:
    // In the place of setSortingEnabled(). After the table's model.
    // unsorted: what the order is called where no column is sorted by.
    static void install(QTableView& table, const QString& unsorted = {});

  protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

  private:
    SortMenu(QTableView& table, const QString& unsorted);
    void open(const QPoint& place);  // on the screen
    void addColumns(QMenu& menu);
    void addOrders(QMenu& menu);
    QString nameOf(int column) const;  // empty: it has none
    QPoint placeOfCurrent() const;

    QTableView& m_table;
    QString m_unsorted;
    QPointer<QMenu> m_menu;
};

}  // namespace graft::ui
