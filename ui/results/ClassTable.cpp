// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/results/ClassTable.h"

#include <QHeaderView>
#include <QMouseEvent>
#include <QScopedValueRollback>
#include <QSortFilterProxyModel>

#include "ui/results/ClassScoreModel.h"
#include "ui/widgets/BarDelegate.h"
#include "ui/widgets/RowTable.h"

namespace graft::ui {

namespace {
constexpr int kRowHeight = 32;
// Column widths, as they should be and as they are where there is little room.
struct Width {
    ClassTable::Column column;
    int wide;
    int narrow;
};
constexpr Width kWidths[] = {{ClassTable::Images, 62, 50},
                             {ClassTable::Precision, 74, 62},
                             {ClassTable::Recall, 62, 48},
                             {ClassTable::F1, 62, 44},
                             {ClassTable::Bar, 96, 44}};
constexpr int kWideEnough = 460;
constexpr int kNarrowestName = 120;

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
    setItemDelegateForColumn(Bar, new BarDelegate(BarTone::Accent, this));

    showAsRows(*this, kRowHeight);
    QHeaderView* header = horizontalHeader();
    header->setMinimumSectionSize(40);
    header->setSectionResizeMode(Name, QHeaderView::Stretch);
    setSortingEnabled(true);
    sortByColumn(Name, Qt::AscendingOrder);
    setAccessibleName(tr("Scores of each class"));
}

void ClassTable::setScores(const std::vector<evaluation::ClassScore>& scores) {
    const QScopedValueRollback quiet(m_quiet, true);
    m_model->setScores(scores);
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

void ClassTable::resizeEvent(QResizeEvent* event) {
    const bool wide = viewport()->width() >= kWideEnough;
    for (const Width& width : kWidths) {
        horizontalHeader()->resizeSection(width.column, wide ? width.wide : width.narrow);
    }
    // The bar says nothing that does not stand beside it; a name that cannot be read is of no use.
    int others = 0;
    for (const Width& width : kWidths)
        others += wide ? width.wide : width.narrow;
    setColumnHidden(Bar, viewport()->width() - others < kNarrowestName);
    QTableView::resizeEvent(event);
}

}  // namespace graft::ui
