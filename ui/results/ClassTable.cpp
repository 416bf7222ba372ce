// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/results/ClassTable.h"

#include <QApplication>
#include <QHeaderView>
#include <QLocale>
#include <QMouseEvent>
#include <QPainter>
#include <QScopedValueRollback>
#include <QSortFilterProxyModel>
#include <QStyledItemDelegate>
#include <algorithm>
#include <utility>

#include "ui/results/ClassScoreModel.h"
#include "ui/style/Theme.h"
#include "ui/widgets/BarDelegate.h"
#include "ui/widgets/RowTable.h"
#include "ui/widgets/SortMenu.h"

namespace graft::ui {

namespace {
constexpr int kRowHeight = 32;
// What the columns measure where there is room; at least, what stands in them has to be read.
struct Width {
    ClassTable::Column column;
    int wide;
};
constexpr Width kWidths[] = {
    {ClassTable::Images, 62}, {ClassTable::Precision, 74}, {ClassTable::Recall, 62}, {ClassTable::F1, 62}};
constexpr int kBar = 96;
constexpr int kNarrowBar = 44;
constexpr int kWideEnough = 460;
constexpr int kNarrowestName = 120;
constexpr int kHeaderPixels = 11;  // of its letters, and what they need beside them: see style.qss
constexpr int kHeaderSpace = 12;
constexpr int kFigureSpace = 8;
constexpr int kFigureMargin = 6;  // right of a figure

// A figure is shown whole, with no more beside it than it needs.
class FigureDelegate : public QStyledItemDelegate {
  public:
    using QStyledItemDelegate::QStyledItemDelegate;

    void paint(QPainter* painter, const QStyleOptionViewItem& option,
               const QModelIndex& index) const override {
        QStyleOptionViewItem cell = option;
        initStyleOption(&cell, index);
        const QWidget* widget = option.widget;
        const QStyle* style = widget ? widget->style() : QApplication::style();
        // On one line with the names, which the style draws.
        QRect place = style->subElementRect(QStyle::SE_ItemViewItemText, &cell, widget);
        place.setLeft(option.rect.left());
        place.setRight(option.rect.right() - kFigureMargin);
        const QString figure = std::exchange(cell.text, {});
        style->drawControl(QStyle::CE_ItemViewItem, &cell, painter, widget);
        painter->save();
        painter->setFont(cell.font);
        painter->setPen(Theme::instance().colours().text);
        painter->drawText(place, Qt::AlignRight | Qt::AlignVCenter, figure);
        painter->restore();
    }
};

// What has no figure comes last, whichever way the others are sorted.
class FiguresFirst : public QSortFilterProxyModel {
  public:
    using QSortFilterProxyModel::QSortFilterProxyModel;

  protected:
    bool lessThan(const QModelIndex& left, const QModelIndex& right) const override {
        const bool leftHas = left.data(sortRole()).isValid();
        if (leftHas == right.data(sortRole()).isValid()) return QSortFilterProxyModel::lessThan(left, right);
        return leftHas == (sortOrder() == Qt::AscendingOrder);
    }
};
}  // namespace

ClassTable::ClassTable(QWidget* parent)
    : QTableView(parent), m_model(new ClassScoreModel(this)), m_sorted(new FiguresFirst(this)) {
    setObjectName(QStringLiteral("classTable"));  // before its header asks for its style
    m_sorted->setSourceModel(m_model);
    m_sorted->setSortRole(ClassScoreModel::kSortRole);
    setModel(m_sorted);
    for (const Width& width : kWidths)
        setItemDelegateForColumn(width.column, new FigureDelegate(this));
    setItemDelegateForColumn(Bar, new BarDelegate(BarTone::Accent, this));

    showAsRows(*this, kRowHeight);
    QHeaderView* header = horizontalHeader();
    header->setMinimumSectionSize(40);
    header->setSectionResizeMode(Name, QHeaderView::Stretch);
    SortMenu::install(*this);
    sortByColumn(Name, Qt::AscendingOrder);
    setAccessibleName(tr("Scores of each class"));
}

void ClassTable::setScores(const std::vector<evaluation::ClassScore>& scores) {
    const QScopedValueRollback quiet(m_quiet, true);
    m_model->setScores(scores);
    m_mostImages = 0;
    for (const evaluation::ClassScore& score : scores)
        m_mostImages = std::max(m_mostImages, score.support);
    sizeColumns();
}

int ClassTable::rowOf(int classIndex) const {
    return m_sorted->mapFromSource(m_model->index(classIndex, Name)).row();
}

int ClassTable::selectedClass() const {
    const QModelIndexList rows = selectionModel()->selectedRows();
    return rows.isEmpty() ? -1 : m_sorted->mapToSource(rows.first()).row();
}

void ClassTable::setSelectedClass(int classIndex) {
    const QScopedValueRollback quiet(m_quiet, true);
    if (classIndex < 0) {
        clearSelection();
        setCurrentIndex({});
    } else {
        selectRow(rowOf(classIndex));
    }
}

void ClassTable::currentChanged(const QModelIndex& current, const QModelIndex& previous) {
    QTableView::currentChanged(current, previous);
    if (!m_quiet && current.isValid()) emit classChosen(m_sorted->mapToSource(current).row());
}

void ClassTable::mousePressEvent(QMouseEvent* event) {
    const QModelIndex before = currentIndex();
    QTableView::mousePressEvent(event);
    // A click on the class that is current already asks for its images again (a cell may show others by now).
    const QModelIndex now = indexAt(event->position().toPoint());
    if (now.isValid() && now.row() == before.row()) emit classChosen(m_sorted->mapToSource(now).row());
}

int ClassTable::narrowest(Column column) const {
    QFont small = horizontalHeader()->font();
    small.setPixelSize(kHeaderPixels);
    const QString word = model()->headerData(column, Qt::Horizontal).toString();
    const QString widest = column == Images ? QLocale().toString(static_cast<qulonglong>(m_mostImages))
                                            : QStringLiteral("100.0");
    return std::max(QFontMetrics(small).horizontalAdvance(word) + kHeaderSpace,
                    fontMetrics().horizontalAdvance(widest) + kFigureSpace);
}

// The bar goes first, since it says nothing that does not stand beside it. The name has what is left.
void ClassTable::sizeColumns() {
    const bool isWide = viewport()->width() >= kWideEnough;
    int others = 0;
    for (const Width& width : kWidths) {
        const int needed = narrowest(width.column);
        const int size = isWide ? std::max(width.wide, needed) : needed;
        horizontalHeader()->resizeSection(width.column, size);
        others += size;
    }
    const int bar = isWide ? kBar : kNarrowBar;
    horizontalHeader()->resizeSection(Bar, bar);
    setColumnHidden(Bar, viewport()->width() - others - bar < kNarrowestName);
}

void ClassTable::resizeEvent(QResizeEvent* event) {
    sizeColumns();
    QTableView::resizeEvent(event);
}

}  // namespace graft::ui
