// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/network/BackboneTable.h"

#include <QAction>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QKeyEvent>
#include <QLabel>
#include <QLineEdit>
#include <QLocale>
#include <QPushButton>
#include <QScopedValueRollback>
#include <QShortcut>
#include <QSignalBlocker>
#include <QStackedWidget>
#include <QTableView>
#include <QVBoxLayout>
#include <set>
#include <utility>

#include "core/backbones/WeightStore.h"
#include "ui/network/BackboneDelegate.h"
#include "ui/network/BackboneFilter.h"
#include "ui/network/BackboneModel.h"
#include "ui/session/Background.h"
#include "ui/style/Icons.h"
#include "ui/style/Theme.h"
#include "ui/widgets/Pill.h"
#include "ui/widgets/RowTable.h"
#include "ui/widgets/SortMenu.h"

namespace graft::ui {

namespace {

constexpr int kRowHeight = 32;
constexpr std::pair<BackboneModel::Column, int> kWidths[] = {
    {BackboneModel::Family, 128},  {BackboneModel::Parameters, 50},   {BackboneModel::FileSize, 50},
    {BackboneModel::Accuracy, 56}, {BackboneModel::MultiplyAdds, 56}, {BackboneModel::Weights, 66}};
// Where there is less room the family is left to the name, the file's size to the parameters, and at last the
// work to the line about the choice.
constexpr int kRoomForFamily = 600;
constexpr int kRoomForFileSize = 420;
constexpr int kRoomForWork = 360;
constexpr int kRoomForParameters = 260;  // below it the names would be cut off

std::vector<QString> locate(const std::vector<backbones::CatalogueEntry>& entries) {
    std::vector<QString> files;
    files.reserve(entries.size());
    for (const backbones::CatalogueEntry& entry : entries) {
        // A file that only bears the backbone's name belongs to one row: the weights whose preprocessing it
        // gets.
        auto file = backbones::locateWeights(entry);
        if (file) {
            const auto owner = backbones::entryForWeights(entry.name, *file);
            if (owner && owner->tag != entry.tag) file = backbones::locatePublished(entry);
        }
        files.push_back(QString::fromStdString(file.value_or(std::string())));
    }
    return files;
}

int architectures(const std::vector<backbones::CatalogueEntry>& entries) {
    std::set<std::string> names;
    for (const backbones::CatalogueEntry& entry : entries) {
        names.insert(entry.name);
    }
    return static_cast<int>(names.size());
}

}  // namespace

BackboneTable::BackboneTable(QWidget* parent) : BackboneTable(backbones::catalogue(), parent) {}

BackboneTable::BackboneTable(std::vector<backbones::CatalogueEntry> entries, QWidget* parent)
    : QWidget(parent),
      m_model(new BackboneModel(std::move(entries), this)),
      m_filter(new BackboneFilter(this)),
      m_search(new QLineEdit(this)),
      m_hereOnly(new Pill(tr("here only"), PillKind::Neutral, this)),
      m_stack(new QStackedWidget(this)),
      m_about(new QLabel(this)) {
    m_filter->setSourceModel(m_model);
    m_search->setObjectName(QStringLiteral("backboneSearch"));
    m_search->setPlaceholderText(tr("Search %1 backbones").arg(architectures(m_model->entries())));
    m_search->setToolTip(tr("Words of the name, the family or the weights' tag (Ctrl+F)"));
    m_search->setClearButtonEnabled(true);
    QAction* lens = m_search->addAction(QIcon(), QLineEdit::LeadingPosition);
    const auto colour = [lens] {
        lens->setIcon(icon(QStringLiteral("search"), Theme::instance().colours().muted));
    };
    colour();
    connect(&Theme::instance(), &Theme::changed, lens, colour);
    auto* find = new QShortcut(QKeySequence::Find, this);
    connect(find, &QShortcut::activated, m_search, [this] {
        m_search->setFocus(Qt::ShortcutFocusReason);
        m_search->selectAll();
    });
    m_hereOnly->setObjectName(QStringLiteral("hereOnly"));
    m_hereOnly->setToolTip(tr("Only backbones whose weights are on this machine"));
    m_hereOnly->setClickable(true);
    m_hereOnly->setCheckable(true);
    m_about->setObjectName(QStringLiteral("muted"));
    m_about->setFont(Theme::smallFont());
    m_about->setWordWrap(true);
    m_about->setAlignment(Qt::AlignLeft | Qt::AlignTop);
    // Two lines' room, so that nothing moves when the sentence gets longer.
    m_about->setMinimumHeight(2 * QFontMetrics(Theme::smallFont()).lineSpacing());

    auto* row = new QHBoxLayout;
    row->setSpacing(8);
    row->addWidget(m_search, 1);
    row->addWidget(m_hereOnly);
    m_stack->addWidget(buildView());
    m_stack->addWidget(buildNothing());
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(8);
    layout->addLayout(row);
    layout->addWidget(m_stack, 1);
    layout->addWidget(m_about);
    m_search->installEventFilter(this);
    m_view->viewport()->installEventFilter(this);
    connect(m_search, &QLineEdit::textChanged, this, &BackboneTable::applyFilter);
    connect(m_hereOnly, &Pill::toggled, this, &BackboneTable::applyFilter);
}

QWidget* BackboneTable::buildView() {
    m_view = new QTableView(m_stack);
    m_view->setObjectName(QStringLiteral("backbones"));
    m_view->setAccessibleName(tr("Backbones"));
    m_view->setModel(m_filter);
    m_view->setItemDelegate(new BackboneDelegate(m_view));
    showAsRows(*m_view, kRowHeight);
    QHeaderView* header = m_view->horizontalHeader();
    header->setMinimumSectionSize(40);
    header->setSectionResizeMode(BackboneModel::Title, QHeaderView::Stretch);
    for (const auto& [column, width] : kWidths) {
        header->resizeSection(column, width);
    }
    // The catalogue's own order until a header is clicked, and again after a third click.
    header->setSortIndicatorClearable(true);
    header->setSortIndicator(-1, Qt::AscendingOrder);
    SortMenu::install(*m_view);
    connect(header, &QHeaderView::sortIndicatorChanged, this, &BackboneTable::showChoice);
    connect(header, &QHeaderView::sortIndicatorChanged, this, &BackboneTable::viewChanged);
    connect(m_view->selectionModel(), &QItemSelectionModel::selectionChanged, this,
            &BackboneTable::takeSelection);
    return m_view;
}

QWidget* BackboneTable::buildNothing() {
    auto* page = new QWidget(m_stack);
    m_nothing = new QLabel(page);
    m_nothing->setObjectName(QStringLiteral("muted"));
    m_nothing->setWordWrap(true);
    m_nothing->setAlignment(Qt::AlignHCenter);
    m_nothing->setTextFormat(Qt::PlainText);
    m_clear = new QPushButton(tr("Show all backbones"), page);
    m_clear->setObjectName(QStringLiteral("clearSearch"));
    connect(m_clear, &QPushButton::clicked, this, &BackboneTable::clearFilter);
    auto* layout = new QVBoxLayout(page);
    layout->setContentsMargins(16, 48, 16, 16);
    layout->setSpacing(16);
    layout->addWidget(m_nothing);
    layout->addWidget(m_clear, 0, Qt::AlignHCenter);
    layout->addStretch();
    return page;
}

bool BackboneTable::eventFilter(QObject* watched, QEvent* event) {
    if (watched == m_view->viewport() && event->type() == QEvent::Resize) fitColumns();
    if (watched != m_search || event->type() != QEvent::KeyPress) return QWidget::eventFilter(watched, event);
    switch (static_cast<QKeyEvent*>(event)->key()) {
        case Qt::Key_Escape:
            if (m_search->text().isEmpty()) return false;
            m_search->clear();
            return true;
        case Qt::Key_Down:
        case Qt::Key_Return:
        case Qt::Key_Enter:
            enterList();
            return true;
        default:
            return false;
    }
}

// From the search to what it found: where the choice is not among it, the first match is chosen.
void BackboneTable::enterList() {
    if (m_filter->rowCount() == 0) return;
    if (!m_view->selectionModel()->hasSelection()) m_view->selectRow(0);
    m_view->setFocus(Qt::OtherFocusReason);
}

void BackboneTable::applyFilter() {
    const QString words = m_search->text().simplified();
    const bool hereOnly = m_hereOnly->isChecked();
    {
        const QScopedValueRollback quiet(m_quiet, true);  // a hidden selection is no choice
        m_filter->setSearch(words);
        m_filter->setHereOnly(hereOnly);
    }
    m_nothing->setText(words.isEmpty() ? tr("No published weights are on this machine.")
                       : hereOnly      ? tr("No backbone whose weights are here matches \"%1\".").arg(words)
                                       : tr("No backbone matches \"%1\".").arg(words));
    m_stack->setCurrentIndex(m_filter->rowCount() > 0 ? 0 : 1);
    showChoice();
    emit viewChanged();
}

BackboneView BackboneTable::view() const {
    BackboneView view;
    view.words = m_search->text();
    view.hereOnly = m_hereOnly->isChecked();
    view.sortColumn = m_view->horizontalHeader()->sortIndicatorSection();
    view.sortOrder = m_view->horizontalHeader()->sortIndicatorOrder();
    view.row = m_choice;
    for (int row = 0; m_isLocated && row < m_model->rowCount(); ++row)
        view.located.push_back(m_model->weightsAt(row));
    return view;
}

void BackboneTable::restore(const BackboneView& view) {
    const QSignalBlocker untold(this);
    const QScopedValueRollback quiet(m_quiet, true);
    m_isLocated = !view.located.empty();
    if (m_isLocated) m_model->setLocated(view.located);
    m_choice = view.row < m_model->rowCount() ? view.row : -1;
    m_hereOnly->setChecked(view.hereOnly);
    m_search->setText(view.words);
    m_view->horizontalHeader()->setSortIndicator(view.sortColumn, view.sortOrder);
    applyFilter();
    showAbout();
}

void BackboneTable::clearFilter() {
    m_hereOnly->setChecked(false);
    m_search->clear();
    m_search->setFocus(Qt::OtherFocusReason);
}

void BackboneTable::takeSelection() {
    if (m_quiet) return;
    const QModelIndexList rows = m_view->selectionModel()->selectedRows();
    // Ctrl and a click take the selection away; there is always a choice, so it comes back.
    if (rows.isEmpty()) {
        QMetaObject::invokeMethod(this, &BackboneTable::showChoice, Qt::QueuedConnection);
        return;
    }
    const int row = m_filter->mapToSource(rows.first()).row();
    if (row == m_choice) return;
    m_choice = row;
    showAbout();
    emit chosen(QString::fromStdString(m_model->entry(row).name), m_model->weightsAt(row));
}

void BackboneTable::setCurrent(const QString& backbone, const QString& weightsFile) {
    m_choice = m_model->rowOf(backbone, weightsFile, m_choice);
    showChoice();
    showAbout();
}

void BackboneTable::showChoice() {
    const QScopedValueRollback quiet(m_quiet, true);
    const QModelIndex index = m_filter->mapFromSource(m_model->index(m_choice, BackboneModel::Title));
    if (!index.isValid()) {
        m_view->clearSelection();
        m_view->setCurrentIndex({});
        return;
    }
    m_view->selectionModel()->setCurrentIndex(
        index, QItemSelectionModel::ClearAndSelect | QItemSelectionModel::Rows);
    m_view->scrollTo(index);
}

void BackboneTable::showAbout() {
    if (m_choice < 0) return m_about->clear();
    const backbones::CatalogueEntry& entry = m_model->entry(m_choice);
    const QLocale locale;
    const QString accuracy = entry.top1 > 0
                                 ? tr("%1 % top-1 on ImageNet").arg(locale.toString(entry.top1, 'f', 1))
                                 : tr("no published accuracy");
    QString work;
    if (entry.multiplyAdds > 0 && m_model->leastWork() >= 0) {
        const backbones::CatalogueEntry& least = m_model->entry(m_model->leastWork());
        const double times =
            static_cast<double>(entry.multiplyAdds) / static_cast<double>(least.multiplyAdds);
        const QString title = QString::fromStdString(least.title);
        work = entry.multiplyAdds == least.multiplyAdds ? tr(", the least work of all")
               : times < 1.05                           ? tr(", about the work of %1").arg(title)
                                                        : tr(", about %1 \u00d7 the work of %2")
                                    .arg(locale.toString(times, 'f', times < 9.95 ? 1 : 0), title);
    }
    const QString name = QString::fromStdString(entry.title) + ' ' + BackboneModel::shortTag(entry);
    m_about->setText(tr("%1: %2%3.").arg(name.trimmed(), accuracy, work));
}

void BackboneTable::fitColumns() {
    const int width = m_view->viewport()->width();
    m_view->setColumnHidden(BackboneModel::Family, width < kRoomForFamily);
    m_view->setColumnHidden(BackboneModel::FileSize, width < kRoomForFileSize);
    m_view->setColumnHidden(BackboneModel::MultiplyAdds, width < kRoomForWork);
    m_view->setColumnHidden(BackboneModel::Parameters, width < kRoomForParameters);
}

void BackboneTable::refreshWeights() {
    const int lookup = ++m_lookups;
    runInBackground(
        this, [entries = m_model->entries()]() -> Result<std::vector<QString>> { return locate(entries); },
        [this, lookup](Result<std::vector<QString>> files) {
            if (lookup != m_lookups || !files) return;  // what is known stays
            {
                const QScopedValueRollback quiet(m_quiet, true);
                m_model->setLocated(std::move(*files));
            }
            m_isLocated = true;
            applyFilter();
            emit located();
        });
}

}  // namespace graft::ui
