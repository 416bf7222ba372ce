// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/RowTable.h"

#include <QCoreApplication>
#include <QHeaderView>
#include <QItemSelectionModel>
#include <QKeyEvent>
#include <QPainter>
#include <QScopedValueRollback>
#include <QTableView>

#include "ui/style/Theme.h"

namespace graft::ui {

namespace {

bool isArrow(const QKeyEvent& event) {
    if (event.modifiers() & ~Qt::KeyboardModifiers(Qt::KeypadModifier)) return false;
    switch (event.key()) {
        case Qt::Key_Up:
        case Qt::Key_Down:
        case Qt::Key_Left:
        case Qt::Key_Right:
        case Qt::Key_PageUp:
        case Qt::Key_PageDown:
            return true;
        default:
            return false;
    }
}

class FirstArrow : public QObject {
  public:
    explicit FirstArrow(QTableView& table) : QObject(&table), m_table(table) {
        table.installEventFilter(this);
        if (table.selectionBehavior() != QTableView::SelectRows || !table.selectionModel()) return;
        table.viewport()->installEventFilter(this);
        // Qt draws one cell anew, and the mark is around the row.
        connect(table.selectionModel(), &QItemSelectionModel::currentRowChanged, table.viewport(),
                [&table] { table.viewport()->update(); });
        connect(table.selectionModel(), &QItemSelectionModel::selectionChanged, table.viewport(),
                [&table] { table.viewport()->update(); });
    }

    bool eventFilter(QObject* watched, QEvent* event) override {
        if (watched == &m_table && event->type() == QEvent::KeyPress)
            return isArrow(static_cast<const QKeyEvent&>(*event)) && chooseCurrent();
        // Only what is painted is asked: the viewport's last event comes when the table is none any more.
        if (event->type() != QEvent::Paint || m_isPainting || watched != m_table.viewport()) return false;
        const QScopedValueRollback painting(m_isPainting, true);
        QCoreApplication::sendEvent(watched, event);  // the rows first
        markCurrent();
        return true;
    }

  private:
    bool chooseCurrent() {
        QItemSelectionModel* selection = m_table.selectionModel();
        if (selection == nullptr || selection->hasSelection()) return false;
        const QPersistentModelIndex current = m_table.currentIndex();
        if (!current.isValid()) return false;  // Qt begins with the first
        const bool isRow = m_table.selectionBehavior() == QTableView::SelectRows;
        // Whoever follows what is current hears of it too.
        selection->setCurrentIndex({}, QItemSelectionModel::NoUpdate);
        selection->setCurrentIndex(current,
                                   isRow ? QItemSelectionModel::ClearAndSelect | QItemSelectionModel::Rows
                                         : QItemSelectionModel::ClearAndSelect);
        if (current.isValid()) m_table.scrollTo(current);
        return true;
    }

    void markCurrent() {
        const QModelIndex current = m_table.currentIndex();
        if (!m_table.hasFocus() || !current.isValid()) return;
        if (m_table.selectionModel()->isSelected(current)) return;
        QPainter painter(m_table.viewport());
        painter.setPen(QPen(Theme::instance().colours().text, 1, Qt::DashLine));
        const QRect row(0, m_table.rowViewportPosition(current.row()), m_table.viewport()->width(),
                        m_table.rowHeight(current.row()));
        painter.drawRect(row.adjusted(0, 0, -1, -2));  // above the line between two rows
    }

    QTableView& m_table;
    bool m_isPainting = false;
};

}  // namespace

void showAsRows(QTableView& table, int rowHeight) {
    table.setSelectionBehavior(QTableView::SelectRows);
    table.setSelectionMode(QTableView::SingleSelection);
    table.setEditTriggers(QTableView::NoEditTriggers);
    table.setShowGrid(false);
    table.setFrameShape(QFrame::NoFrame);
    table.setWordWrap(false);
    table.setTextElideMode(Qt::ElideMiddle);
    table.setTabKeyNavigation(false);
    table.setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    table.setVerticalScrollMode(QTableView::ScrollPerPixel);
    QHeaderView* rows = table.verticalHeader();
    rows->hide();
    rows->setMinimumSectionSize(rowHeight);
    rows->setDefaultSectionSize(rowHeight);
    rows->setSectionResizeMode(QHeaderView::Fixed);
    QHeaderView* columns = table.horizontalHeader();
    columns->setHighlightSections(false);
    columns->setSectionResizeMode(QHeaderView::Fixed);
    beginWithCurrent(table);
}

void beginWithCurrent(QTableView& table) {
    new FirstArrow(table);
}

}  // namespace graft::ui
