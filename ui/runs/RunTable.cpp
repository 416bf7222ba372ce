// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/runs/RunTable.h"

#include <QHeaderView>
#include <QItemSelection>
#include <QItemSelectionModel>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QRegularExpression>
#include <QScopedValueRollback>
#include <QScrollBar>
#include <QStyle>
#include <QStyledItemDelegate>
#include <algorithm>
#include <numeric>
#include <vector>

#include "ui/runs/RunModel.h"
#include "ui/runs/RunRows.h"
#include "ui/style/Theme.h"
#include "ui/widgets/RowTable.h"
#include "ui/widgets/SortMenu.h"

namespace graft::ui {

namespace {

constexpr int kRowHeight = 32;
constexpr int kNarrowestName = 150;
constexpr int kCellPadding = 3;     // of the style sheet, on either side
constexpr int kHeaderPadding = 16;  // the same with the sort arrow

struct Width {
    RunRows::Column column;
    int width;  // at least
};
constexpr Width kWidths[] = {{RunRows::Star, 30},    {RunRows::Backbone, 104}, {RunRows::Trained, 104},
                             {RunRows::Dataset, 88}, {RunRows::Best, 72},      {RunRows::Epochs, 56},
                             {RunRows::Time, 74},    {RunRows::When, 96},      {RunRows::Status, 84},
                             {RunRows::Note, 70}};
// Where there is no room for all of them these go, one after another; the panel says what they say.
constexpr RunRows::Column kFirstToGo[] = {RunRows::Time, RunRows::Epochs, RunRows::Trained, RunRows::Dataset,
                                          RunRows::Note, RunRows::When,   RunRows::Backbone};
constexpr RunRows::Column kFirstToGrow[] = {RunRows::Trained, RunRows::Backbone, RunRows::Dataset,
                                            RunRows::Note};
constexpr int kWidest = 240;

// As the window names its runs: what tells them apart comes first.
bool beginsWithTime(const QString& name) {
    static const QRegularExpression pattern(QStringLiteral("\\A\\d{4}-\\d{2}-\\d{2}-\\d{6}(-|\\z)"));
    return pattern.match(name).hasMatch();
}

class NameDelegate : public QStyledItemDelegate {
  public:
    using QStyledItemDelegate::QStyledItemDelegate;

  protected:
    void initStyleOption(QStyleOptionViewItem* option, const QModelIndex& index) const override {
        QStyledItemDelegate::initStyleOption(option, index);
        if (beginsWithTime(option->text)) option->textElideMode = Qt::ElideRight;
    }
};

// Of a text whose figures are written as 0: whatever they are.
int widthOf(QString shape, const QFontMetrics& metrics) {
    QChar widest = QLatin1Char('0');
    for (QChar digit = QLatin1Char('1'); digit <= QLatin1Char('9'); digit = QChar(digit.unicode() + 1))
        if (metrics.horizontalAdvance(digit) > metrics.horizontalAdvance(widest)) widest = digit;
    return metrics.horizontalAdvance(shape.replace(QLatin1Char('0'), widest));
}

}  // namespace

RunTable::RunTable(RunModel* model, QWidget* parent) : QTableView(parent), m_model(model) {
    setObjectName(QStringLiteral("allRuns"));  // before its header asks for its style
    setModel(model);
    setAccessibleName(tr("All runs"));
    showAsRows(*this, kRowHeight);
    setItemDelegateForColumn(RunRows::Name, new NameDelegate(this));
    setSelectionMode(ExtendedSelection);
    QHeaderView* header = horizontalHeader();
    header->setMinimumSectionSize(30);
    header->setResizeContentsPrecision(50);  // rows that are looked at for a column's words
    header->setSectionResizeMode(RunRows::Name, QHeaderView::Stretch);
    for (const Width& width : kWidths)
        header->resizeSection(width.column, width.width);
    // Newest first until a header is clicked, and again after a third click. The rows come in order.
    header->setSortIndicatorClearable(true);
    header->setSortIndicator(-1, Qt::AscendingOrder);
    SortMenu::install(*this, tr("Newest first"));
    connect(selectionModel(), &QItemSelectionModel::selectionChanged, this, [this] {
        if (!m_quiet) emit choiceChanged();
    });
    connect(model, &QAbstractItemModel::modelReset, this, &RunTable::fitColumns);
    connect(model, &QAbstractItemModel::dataChanged, this, &RunTable::fitWhatIsWhole);
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

int RunTable::heightFor(int rows) const {
    constexpr int kBorders = 4;
    return horizontalHeader()->sizeHint().height() + rows * kRowHeight + kBorders;
}

RunTable::Place RunTable::place() const {
    Place place;
    place.current = m_model->folderAt(currentIndex().row());
    const int row = verticalScrollBar()->value() > 0 ? rowAt(0) : -1;
    if (row < 0) return place;
    place.top = m_model->folderAt(row);
    place.offset = rowViewportPosition(row);
    return place;
}

void RunTable::putBack(const Place& place) {
    const QScopedValueRollback<bool> quiet(m_quiet, true);
    const int current = m_model->rowOf(place.current);
    if (current >= 0)
        selectionModel()->setCurrentIndex(m_model->index(current, RunRows::Name),
                                          QItemSelectionModel::NoUpdate);
    executeDelayedItemsLayout();
    const int top = place.top.isEmpty() ? 0 : m_model->rowOf(place.top);
    if (top >= 0) verticalScrollBar()->setValue(verticalHeader()->sectionPosition(top) - place.offset);
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

int RunTable::measured(int column) const {
    const QFontMetrics header(Theme::smallFont());
    int width = header.horizontalAdvance(RunRows::title(column)) + kHeaderPadding;
    const int margin = style()->pixelMetric(QStyle::PM_FocusFrameHMargin, nullptr, this) + 1;
    for (const QString& shape : m_model->shapes(column))
        width = std::max(width, widthOf(shape, fontMetrics()) + 2 * (margin + kCellPadding) + 1);
    return width;
}

void RunTable::fitWhatIsWhole() {
    if (m_fitted.empty()) return fitColumns();
    for (int column = 0; column < RunRows::ColumnCount; ++column) {
        if (RunRows::isWhole(column) && m_fitted[static_cast<std::size_t>(column)] != measured(column))
            return fitColumns();
    }
}

void RunTable::fitColumns() {
    m_fitted.assign(RunRows::ColumnCount, 0);
    std::vector<int> widths(RunRows::ColumnCount, 0);
    for (const Width& width : kWidths) {
        const auto column = static_cast<std::size_t>(width.column);
        if (RunRows::isWhole(width.column)) m_fitted[column] = measured(width.column);
        widths[column] = std::max(width.width, m_fitted[column]);
    }
    const int time =
        widthOf(QStringLiteral("0000-00-00-000000-\u2026"), fontMetrics()) + 4 * kCellPadding + 1;
    const int name = std::max(kNarrowestName, time);
    int others = std::accumulate(widths.begin(), widths.end(), 0);
    for (const RunRows::Column column : kFirstToGo) {
        const bool hasRoom = viewport()->width() - others >= name;
        setColumnHidden(column, !hasRoom);
        if (!hasRoom) others -= widths[column];
    }
    for (int column = 0; column < RunRows::ColumnCount; ++column)
        if (column != RunRows::Name)
            horizontalHeader()->resizeSection(column, widths[static_cast<std::size_t>(column)]);
    // What is left goes to those whose words need it; the names have the rest.
    int left = viewport()->width() - others - name;
    for (const RunRows::Column column : kFirstToGrow) {
        if (isColumnHidden(column)) continue;
        const int wanted = std::min(sizeHintForColumn(column) + 2 * kCellPadding, kWidest) - widths[column];
        const int more = std::clamp(wanted, 0, std::max(left, 0));
        horizontalHeader()->resizeSection(column, widths[column] + more);
        left -= more;
    }
}

}  // namespace graft::ui
