// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/runs/RunTable.h"

#include <QHeaderView>
#include <QItemSelection>
#include <QItemSelectionModel>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QScopedValueRollback>
#include <algorithm>
#include <vector>

#include "ui/runs/RunModel.h"
#include "ui/runs/RunRows.h"
#include "ui/widgets/RowTable.h"

namespace graft::ui {

namespace {

constexpr int kRowHeight = 32;
constexpr int kNarrowestName = 150;

struct Width {
    RunRows::Column column;
    int width;
};
constexpr Width kWidths[] = {{RunRows::Star, 30},    {RunRows::Backbone, 104}, {RunRows::Trained, 104},
                             {RunRows::Dataset, 88}, {RunRows::Best, 72},      {RunRows::Epochs, 56},
                             {RunRows::Time, 74},    {RunRows::When, 96},      {RunRows::Status, 84},
                             {RunRows::Note, 70}};
// Where there is no room for all of them these go, one after another; the panel says what they say.
constexpr RunRows::Column kFirstToGo[] = {RunRows::Time,    RunRows::Epochs, RunRows::Trained,
                                          RunRows::Dataset, RunRows::Note,   RunRows::When};
constexpr RunRows::Column kFirstToGrow[] = {RunRows::When,     RunRows::Time,    RunRows::Trained,
                                            RunRows::Backbone, RunRows::Dataset, RunRows::Note};
constexpr int kWidest = 240;

}  // namespace

RunTable::RunTable(RunModel* model, QWidget* parent) : QTableView(parent), m_model(model) {
    setObjectName(QStringLiteral("allRuns"));  // before its header asks for its style
    setModel(model);
    setAccessibleName(tr("All runs"));
    showAsRows(*this, kRowHeight);
    setSelectionMode(ExtendedSelection);
    QHeaderView* header = horizontalHeader();
    header->setMinimumSectionSize(30);
    header->setSectionResizeMode(RunRows::Name, QHeaderView::Stretch);
    for (const Width& width : kWidths)
        header->resizeSection(width.column, width.width);
    // Newest first until a header is clicked, and again after a third click. The rows come in order.
    header->setSortIndicatorClearable(true);
    header->setSortIndicator(-1, Qt::AscendingOrder);
    setSortingEnabled(true);
    connect(selectionModel(), &QItemSelectionModel::selectionChanged, this, [this] {
        if (!m_quiet) emit choiceChanged();
    });
    connect(model, &QAbstractItemModel::modelReset, this, &RunTable::fitColumns);
    connect(this, &QTableView::clicked, this, [this](const QModelIndex& index) {
        if (index.column() == RunRows::Star) emit starPressed(index.row());
    });
}

QStringList RunTable::selectedFolders() const {
    std::vector<int> rows;
    for (const QModelIndex& index : selectionModel()->selectedRows())
        rows.push_back(index.row());
    std::ranges::sort(rows);
    QStringList folders;
    for (const int row : rows)
        folders << m_model->folderAt(row);
    return folders;
}

void RunTable::select(const QStringList& folders) {
    const QScopedValueRollback<bool> quiet(m_quiet, true);
    QItemSelection rows;
    QModelIndex first;
    for (const QString& folder : folders) {
        const int row = m_model->rowOf(folder);
        if (row < 0) continue;
        const QModelIndex index = m_model->index(row, RunRows::Name);
        rows.select(index, index);
        if (!first.isValid() || row < first.row()) first = index;
    }
    selectionModel()->clear();
    if (!first.isValid()) return;
    selectionModel()->setCurrentIndex(first, QItemSelectionModel::NoUpdate);
    selectionModel()->select(rows, QItemSelectionModel::ClearAndSelect | QItemSelectionModel::Rows);
    scrollTo(first);
}

void RunTable::keyPressEvent(QKeyEvent* event) {
    switch (event->key()) {
        case Qt::Key_F2:
            emit renameRequested();
            return;
        case Qt::Key_Delete:
            emit removeRequested();
            return;
        case Qt::Key_Return:
        case Qt::Key_Enter:
            emit openRequested();
            return;
        default:
            break;
    }
    QTableView::keyPressEvent(event);
}

void RunTable::mouseDoubleClickEvent(QMouseEvent* event) {
    const QModelIndex index = indexAt(event->position().toPoint());
    if (!index.isValid() || index.column() == RunRows::Star || event->button() != Qt::LeftButton)
        return QTableView::mouseDoubleClickEvent(event);
    emit openRequested();
}

void RunTable::resizeEvent(QResizeEvent* event) {
    fitColumns();
    QTableView::resizeEvent(event);
}

void RunTable::fitColumns() {
    int others = 0;
    for (const Width& width : kWidths)
        others += width.width;
    for (const RunRows::Column column : kFirstToGo) {
        const bool hasRoom = viewport()->width() - others >= kNarrowestName;
        setColumnHidden(column, !hasRoom);
        const auto* width = std::ranges::find(kWidths, column, &Width::column);
        if (!hasRoom) others -= width->width;
    }
    // What is left goes to those whose words need it; the names have the rest.
    int left = viewport()->width() - others - kNarrowestName;
    for (const RunRows::Column column : kFirstToGrow) {
        const auto* width = std::ranges::find(kWidths, column, &Width::column);
        const int wanted = std::min(sizeHintForColumn(column), kWidest) - width->width;
        const int more = isColumnHidden(column) ? 0 : std::clamp(wanted, 0, std::max(left, 0));
        horizontalHeader()->resizeSection(column, width->width + more);
        left -= more;
    }
}

}  // namespace graft::ui
