// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/dataset/ClassTableView.h"

#include <QHeaderView>
#include <QLocale>
#include <QSignalBlocker>
#include <algorithm>

#include "ui/session/DatasetSummary.h"
#include "ui/widgets/BarDelegate.h"
#include "ui/widgets/RowTable.h"

namespace graft::ui {

namespace {
enum Column { Name, Bar, Train, Validation, Test, ColumnCount };
constexpr int kRowHeight = 32;
constexpr int kWideEnough = 440;
constexpr int kNarrowestName = 120;
constexpr int kWidestName = 220;
constexpr int kNarrowestBar = 48;

std::size_t total(const data::ClassCount& count) {
    return count.train + count.validation + count.test;
}
}  // namespace

ClassTableView::ClassTableView(QWidget* parent) : QTableWidget(0, ColumnCount, parent) {
    setHorizontalHeaderLabels({tr("class"), QString(), tr("train"), tr("validation"), tr("test")});
    for (const int column : {Train, Validation, Test}) {
        horizontalHeaderItem(column)->setTextAlignment(Qt::AlignRight | Qt::AlignVCenter);
    }
    horizontalHeaderItem(Name)->setTextAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    showAsRows(*this, kRowHeight);
    horizontalHeader()->setSectionResizeMode(Bar, QHeaderView::Stretch);
    setItemDelegateForColumn(Bar, new BarDelegate(BarTone::Accent, this));
    setAccessibleName(tr("Classes"));
    connect(this, &QTableWidget::itemSelectionChanged, this, [this] {
        const auto rows = selectionModel()->selectedRows();
        if (!rows.isEmpty()) emit classChosen(rows.front().row());
    });
}

void ClassTableView::showDataset(const data::DatasetIndex& dataset, const DatasetSummary& summary) {
    const QSignalBlocker blocker(this);
    const auto& counts = summary.perClass;
    std::size_t largest = 1;
    for (const auto& count : counts) {
        largest = std::max(largest, total(count));
    }
    const QLocale locale;
    const auto numberItem = [&locale](std::size_t value) {
        auto* item = new QTableWidgetItem(locale.toString(static_cast<qulonglong>(value)));
        item->setTextAlignment(Qt::AlignRight | Qt::AlignVCenter);
        return item;
    };

    // A current row that goes would hand its place, and the mark, to its neighbour.
    setCurrentItem(nullptr);
    setRowCount(static_cast<int>(dataset.classes.size()));
    int nameWidth = 0;
    for (int row = 0; row < rowCount(); ++row) {
        const auto at = static_cast<std::size_t>(row);
        const QString name = QString::fromStdString(dataset.classes[at]);
        nameWidth = std::max(nameWidth, fontMetrics().horizontalAdvance(name));
        auto* nameItem = new QTableWidgetItem(name);
        nameItem->setToolTip(name);
        setItem(row, Name, nameItem);
        auto* bar = new QTableWidgetItem;
        bar->setData(Qt::UserRole, static_cast<double>(total(counts[at])) / static_cast<double>(largest));
        bar->setToolTip(tr("Images: %L1").arg(total(counts[at])));
        setItem(row, Bar, bar);
        setItem(row, Train, numberItem(counts[at].train));
        setItem(row, Validation, numberItem(counts[at].validation));
        setItem(row, Test, numberItem(counts[at].test));
    }
    clearSelection();
    m_nameWidth = nameWidth;
    setColumnHidden(Test, summary.all.test == 0);
    sizeColumns();
}

// Where there is little room the bars go first: a name that cannot be read is of no use.
void ClassTableView::sizeColumns() {
    const int room = viewport()->width();
    const bool isWide = room >= kWideEnough;
    setColumnWidth(Train, isWide ? 80 : 58);
    setColumnWidth(Validation, isWide ? 90 : 74);
    setColumnWidth(Test, isWide ? 70 : 52);
    int left = room - columnWidth(Train) - columnWidth(Validation);
    if (!isColumnHidden(Test)) left -= columnWidth(Test);
    const int wanted = std::clamp(m_nameWidth + 24, kNarrowestName, kWidestName);
    setColumnHidden(Bar, left - wanted < kNarrowestBar);
    setColumnWidth(Name, isColumnHidden(Bar) ? std::max(left, kNarrowestName) : wanted);
}

void ClassTableView::resizeEvent(QResizeEvent* event) {
    QTableWidget::resizeEvent(event);
    sizeColumns();
}

void ClassTableView::selectClass(int classIndex) {
    const QSignalBlocker blocker(this);
    if (classIndex < 0) {
        clearSelection();
        setCurrentItem(nullptr);
    } else {
        selectRow(classIndex);
    }
}

}  // namespace graft::ui
