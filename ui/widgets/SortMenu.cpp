// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/SortMenu.h"

#include <QActionGroup>
#include <QContextMenuEvent>
#include <QHeaderView>
#include <QKeyEvent>
#include <QMenu>
#include <QTableView>
#include <algorithm>

namespace graft::ui {

namespace {

bool asksForMenu(const QKeyEvent& event) {
    return event.key() == Qt::Key_Menu ||
           (event.key() == Qt::Key_F10 && event.modifiers() == Qt::ShiftModifier);
}

bool hasLetter(const QString& text) {
    return std::any_of(text.begin(), text.end(), [](QChar c) { return c.isLetter(); });
}

}  // namespace

void SortMenu::install(QTableView& table, const QString& unsorted) {
    table.setSortingEnabled(true);
    table.setAccessibleDescription(tr("The Menu key, or Shift and F10, offers the columns to sort by."));
    new SortMenu(table, unsorted);
}

SortMenu::SortMenu(QTableView& table, const QString& unsorted)
    : QObject(&table), m_table(table), m_unsorted(unsorted) {
    table.installEventFilter(this);
    table.viewport()->installEventFilter(this);
    table.horizontalHeader()->viewport()->installEventFilter(this);
}

bool SortMenu::eventFilter(QObject* watched, QEvent* event) {
    if (watched == &m_table && event->type() == QEvent::KeyPress) {
        if (!asksForMenu(static_cast<const QKeyEvent&>(*event))) return false;
        open(placeOfCurrent());
        return true;
    }
    if (event->type() != QEvent::ContextMenu) return false;
    const auto& asked = static_cast<const QContextMenuEvent&>(*event);
    open(asked.reason() == QContextMenuEvent::Mouse ? asked.globalPos() : placeOfCurrent());
    return true;
}

// The system may tell of the same key twice: as a key, and as the wish for a menu.
void SortMenu::open(const QPoint& place) {
    if (m_menu && m_menu->isVisible()) return;
    m_menu = new QMenu(&m_table);
    m_menu->setObjectName(QStringLiteral("sortMenu"));
    m_menu->setAttribute(Qt::WA_DeleteOnClose);
    addColumns(*m_menu);
    m_menu->addSeparator();
    addOrders(*m_menu);
    m_menu->popup(place);
}

void SortMenu::addColumns(QMenu& menu) {
    QHeaderView* header = m_table.horizontalHeader();
    auto* columns = new QActionGroup(&menu);
    const auto add = [&](const QString& text, int column, Qt::SortOrder order) {
        QAction* action = menu.addAction(text);
        action->setCheckable(true);
        action->setChecked(header->sortIndicatorSection() == column);
        columns->addAction(action);
        connect(action, &QAction::triggered, this, [header, column, order] {
            if (header->sortIndicatorSection() != column) header->setSortIndicator(column, order);
        });
    };
    for (int place = 0; place < header->count(); ++place) {
        const int column = header->logicalIndex(place);
        QString name = nameOf(column);
        if (name.isEmpty() || header->isSectionHidden(column)) continue;
        const QVariant first = m_table.model()->headerData(column, Qt::Horizontal, Qt::InitialSortOrderRole);
        const bool isDescending = first.isValid() && first.toInt() == Qt::DescendingOrder;
        add(tr("Sort by %1").arg(name.replace(QLatin1Char('&'), QLatin1String("&&"))), column,
            isDescending ? Qt::DescendingOrder : Qt::AscendingOrder);
    }
    if (header->isSortIndicatorClearable())
        add(m_unsorted.isEmpty() ? tr("Not sorted") : m_unsorted, -1, Qt::AscendingOrder);
}

void SortMenu::addOrders(QMenu& menu) {
    QHeaderView* header = m_table.horizontalHeader();
    auto* orders = new QActionGroup(&menu);
    const auto add = [&](const QString& text, Qt::SortOrder order) {
        QAction* action = menu.addAction(text);
        action->setCheckable(true);
        const bool isSorted = header->sortIndicatorSection() >= 0;
        action->setChecked(isSorted && header->sortIndicatorOrder() == order);
        action->setEnabled(isSorted);
        orders->addAction(action);
        connect(action, &QAction::triggered, this,
                [header, order] { header->setSortIndicator(header->sortIndicatorSection(), order); });
    };
    add(tr("Ascending"), Qt::AscendingOrder);
    add(tr("Descending"), Qt::DescendingOrder);
}

// Of a head that is a sign, what it means.
QString SortMenu::nameOf(int column) const {
    const QAbstractItemModel* model = m_table.model();
    const QString text = model->headerData(column, Qt::Horizontal).toString();
    if (text.isEmpty() || hasLetter(text)) return text;
    const QString meaning = model->headerData(column, Qt::Horizontal, Qt::ToolTipRole).toString();
    return meaning.isEmpty() ? text : meaning;
}

QPoint SortMenu::placeOfCurrent() const {
    const QRect inside = m_table.viewport()->rect();
    const QRect row = m_table.visualRect(m_table.currentIndex());
    const int below = inside.contains(row.bottomLeft()) ? row.bottom() : inside.top();
    return m_table.viewport()->mapToGlobal(QPoint(inside.left(), below));
}

}  // namespace graft::ui
