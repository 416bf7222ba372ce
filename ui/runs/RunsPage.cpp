// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/runs/RunsPage.h"

#include <QDir>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QKeyEvent>
#include <QLabel>
#include <QLineEdit>
#include <QPointer>
#include <QPushButton>
#include <QShortcut>
#include <QStackedWidget>
#include <QVBoxLayout>
#include <algorithm>
#include <utility>

#include "ui/prompts/UserPrompts.h"
#include "ui/runs/ComparePanel.h"
#include "ui/runs/RunModel.h"
#include "ui/runs/RunPanel.h"
#include "ui/runs/RunProblems.h"
#include "ui/runs/RunRemover.h"
#include "ui/runs/RunRows.h"
#include "ui/runs/RunTable.h"
#include "ui/runs/RunsSplit.h"
#include "ui/session/AllRuns.h"
#include "ui/session/Background.h"
#include "ui/session/ErrorText.h"
#include "ui/session/KeptViews.h"
#include "ui/session/MessageText.h"
#include "ui/session/Project.h"
#include "ui/session/ProjectPart.h"
#include "ui/session/RunChanges.h"
#include "ui/session/RunNews.h"
#include "ui/session/RunPlace.h"
#include "ui/session/RunReuse.h"
#include "ui/style/Theme.h"
#include "ui/widgets/Card.h"
#include "ui/widgets/HeightScroll.h"
#include "ui/widgets/PageHeader.h"

namespace graft::ui {

RunsPage::RunsPage(Project& project, UserPrompts& prompts, QWidget* parent)
    : QWidget(parent),
      m_project(project),
      m_prompts(prompts),
      m_all(projectPart<AllRuns>(project)),
      m_changes(projectPart<RunChanges>(project)),
      m_reuse(projectPart<RunReuse>(project)),
      m_news(projectPart<RunNews>(project)),
      m_view(projectPart<KeptViews>(project).runs) {
    setObjectName(QStringLiteral("page"));
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(24, 16, 24, 24);
    layout->setSpacing(12);
    m_remover = new RunRemover(project, prompts, *this);
    m_header = new PageHeader(tr("Runs"), this);
    QPushButton* open = m_header->addButton(tr("Open a run\u2026"), false);
    open->setObjectName(QStringLiteral("openRun"));
    open->setToolTip(tr("A run's folder from elsewhere; it can be dropped on the window, too"));
    connect(open, &QPushButton::clicked, this, &RunsPage::openFolder);
    layout->addWidget(m_header);
    m_problems = new RunProblems(project, prompts, this);
    layout->addWidget(m_problems);
    QWidget* list = buildList();
    m_split = new RunsSplit(list, buildDetail(), this);
    layout->addWidget(m_split, 1);
    wireTable();
    wireActions();
    showRunning();
    if (m_all.found()) arrange();
    showCounts();
    fitList();
    showChoice();
}

RunsPage::~RunsPage() {
    m_all.watch(false);
}

QWidget* RunsPage::buildList() {
    m_list = new Card({}, this);
    m_search = new QLineEdit(m_list);
    m_search->setObjectName(QStringLiteral("runSearch"));
    m_search->setPlaceholderText(tr("Search runs"));
    m_search->setAccessibleName(tr("Search runs"));
    m_search->setToolTip(
        tr("Words of the name, the backbone, the data set, the note or the status (Ctrl+F)"));
    m_search->setClearButtonEnabled(true);
    m_search->setText(m_view.words);
    m_search->installEventFilter(this);
    m_model = new RunModel(this);
    m_table = new RunTable(m_model, m_list);
    m_table->horizontalHeader()->setSortIndicator(m_view.sortColumn, m_view.sortOrder);
    m_others = new QLabel(m_list);
    m_others->setObjectName(QStringLiteral("muted"));
    m_others->setFont(Theme::smallFont());
    m_others->setWordWrap(true);
    m_others->hide();
    m_removeSeveral = new QPushButton(m_list);
    m_removeSeveral->setObjectName(QStringLiteral("removeRuns"));
    m_removeSeveral->setProperty("small", true);
    m_removeSeveral->setToolTip(tr("Their folders, with their models and their results (Delete)"));
    m_removeSeveral->hide();
    auto* row = new QHBoxLayout;
    row->setSpacing(8);
    row->addWidget(m_search, 1);
    row->addWidget(m_removeSeveral);
    m_list->body()->addLayout(row);
    m_list->body()->addWidget(m_table, 1);
    m_list->body()->addWidget(m_others);
    return m_list;
}

QWidget* RunsPage::buildDetail() {
    m_detail = new QStackedWidget(this);
    m_nothing = new QLabel(m_detail);
    m_nothing->setObjectName(QStringLiteral("muted"));
    m_nothing->setAlignment(Qt::AlignCenter);
    m_nothing->setWordWrap(true);
    m_run = new RunPanel(m_project, m_prompts, m_detail);
    m_detail->addWidget(m_nothing);
    m_detail->addWidget(new HeightScroll(m_run, m_detail));
    return m_detail;
}

void RunsPage::showDetail(QWidget* detail) {
    for (QWidget* place = detail; place != nullptr; place = place->parentWidget())
        if (m_detail->indexOf(place) >= 0) return m_detail->setCurrentWidget(place);
}

// Made when it is wanted: plots take a while to make.
ComparePanel& RunsPage::comparison() {
    if (m_compare == nullptr) {
        m_compare = new ComparePanel(m_project, m_prompts, m_detail);
        m_detail->addWidget(new HeightScroll(m_compare, m_detail));
    }
    return *m_compare;
}

void RunsPage::wireTable() {
    auto* find = new QShortcut(QKeySequence::Find, this);
    connect(find, &QShortcut::activated, m_search, [this] {
        m_search->setFocus(Qt::ShortcutFocusReason);
        m_search->selectAll();
    });
    connect(m_search, &QLineEdit::textChanged, this, [this](const QString& words) {
        m_view.words = words;
        m_view.staying.clear();
        arrange();
    });
    connect(m_table->horizontalHeader(), &QHeaderView::sortIndicatorChanged, this,
            [this](int column, Qt::SortOrder order) {
                m_view.sortColumn = column;
                m_view.sortOrder = order;
                arrange();
            });
    connect(m_table, &RunTable::choiceChanged, this, &RunsPage::takeChoice);
    connect(m_table, &RunTable::openRequested, this, &RunsPage::showResults);
    const auto removeChosen = [this] { m_remover->remove(m_table->selectedFolders()); };
    connect(m_table, &RunTable::removeRequested, this, removeChosen);
    connect(m_removeSeveral, &QPushButton::clicked, this, removeChosen);
    connect(m_table, &RunTable::renameRequested, this, [this] {
        if (!m_run->folder().isEmpty()) m_run->editName();
    });
    connect(m_table, &RunTable::starPressed, this, [this](int row) {
        const training::CataloguedRun* run = m_model->runAt(row);
        if (run != nullptr && run->card) m_changes.setStar(m_model->folderAt(row), !run->card->note.star);
    });
    connect(&m_all, &AllRuns::changed, this, [this] {
        arrange();
        showCounts();
    });
    connect(&m_all, &AllRuns::runningChanged, this, &RunsPage::showRunning);
    connect(&m_all, &AllRuns::opened, this, [this](const QStringList& folders) {
        m_search->clear();  // it could hide them
        m_view.selected = folders;
        m_problems->forget();
        arrange();
    });
    connect(&m_news, &RunNews::runningChanged, this, &RunsPage::showRunning);
}

void RunsPage::wireActions() {
    connect(m_run, &RunPanel::resultsRequested, this, &RunsPage::showResults);
    // Before what they lead to: that may fail, and is said.
    for (const auto signal : {&RunPanel::resultsRequested, &RunPanel::continueRequested,
                              &RunPanel::repeatRequested, &RunPanel::weightsRequested})
        connect(m_run, signal, m_problems, &RunProblems::forget);
    connect(m_run, &RunPanel::continueRequested, this, &RunsPage::continueRequested);
    connect(m_run, &RunPanel::repeatRequested, &m_reuse, &RunReuse::lookUp);
    connect(m_run, &RunPanel::weightsRequested, this, &RunsPage::startFrom);
    connect(m_run, &RunPanel::removeRequested, this,
            [this](const QString& folder) { m_remover->remove({folder}); });
    connect(&m_reuse, &RunReuse::found, this, &RunsPage::takeLike);
    connect(&m_reuse, &RunReuse::taken, this, [this] {
        if (isVisible()) emit trainRequested();
    });
}

void RunsPage::showEvent(QShowEvent* event) {
    QWidget::showEvent(event);
    m_all.watch(true);
    showRunning();
}

void RunsPage::hideEvent(QHideEvent* event) {
    m_all.watch(false);
    if (!event->spontaneous()) m_problems->forget();  // not where the window is put aside
    QWidget::hideEvent(event);
}

// Whoever comes back to the window sees what others have done to the runs meanwhile.
bool RunsPage::event(QEvent* event) {
    if (event->type() == QEvent::WindowDeactivate) m_wasAway = true;
    if (event->type() == QEvent::WindowActivate && std::exchange(m_wasAway, false) && isVisible())
        m_all.lookAgain();
    return QWidget::event(event);
}

bool RunsPage::eventFilter(QObject* watched, QEvent* event) {
    if (watched != m_search || event->type() != QEvent::KeyPress) return QWidget::eventFilter(watched, event);
    const int key = static_cast<QKeyEvent*>(event)->key();
    if (key == Qt::Key_Escape && !m_search->text().isEmpty()) {
        m_search->clear();
        return true;
    }
    const bool goesDown = key == Qt::Key_Down || key == Qt::Key_Return || key == Qt::Key_Enter;
    if (!goesDown || m_model->rowCount() == 0) return false;
    if (!m_table->selectionModel()->hasSelection()) m_table->selectRow(0);
    m_table->setFocus(Qt::TabFocusReason);
    return true;
}

void RunsPage::openFolder() {
    m_prompts.chooseFolder(this, tr("A run's folder"), m_project.runsRoot(),
                           [guard = QPointer<RunsPage>(this)](const QString& folder) {
                               if (guard) guard->m_all.open(folder);
                           });
}

// So many rows are seen at 1366 x 768, too.
void RunsPage::fitList() {
    // As many as there are, whatever is searched for; who has only a few has the room for what is chosen.
    constexpr std::size_t kFewest = 3;
    constexpr std::size_t kMost = 8;
    const std::size_t rows = std::clamp(m_all.found() ? m_all.found()->runs.size() : kMost, kFewest, kMost);
    m_split->setListHeight(m_list->sizeHint().height() - m_table->sizeHint().height() +
                           m_table->heightFor(static_cast<int>(rows)));
}

void RunsPage::arrange() {
    if (!m_all.found()) return;
    runInBackground(
        this,
        [runs = m_all.found(), query = RunRows::Query{m_view.words, m_view.sortColumn, m_view.sortOrder,
                                                      m_view.staying}]() -> Result<RunModel::Arranged> {
            return RunModel::Arranged{RunRows::inOrder(*runs, query), RunRows::shapes(*runs)};
        },
        [this, runs = m_all.found(), number = ++m_arrangings](Result<RunModel::Arranged> arranged) {
            if (number == m_arrangings && arranged) showRows(runs, std::move(*arranged));
        });
}

void RunsPage::showRows(const std::shared_ptr<const training::Catalogue>& runs, RunModel::Arranged arranged) {
    const bool hadFocus = m_table->hasFocus();
    const QStringList before = m_table->selectedFolders();
    const RunTable::Place place = m_table->place();
    m_model->setRuns(runs, std::move(arranged));
    m_table->select(m_view.selected);
    const QStringList now = m_table->selectedFolders();
    // Read again, and not sorted or searched: nothing moves.
    const bool isAsBefore = std::ranges::is_permutation(before, now);
    if (m_shownRuns && m_shownRuns != runs && isAsBefore) m_table->putBack(place);
    keepListed(now);
    if (hadFocus) m_table->setFocus();
    showRunning();
    showCounts();
    showChoice(std::exchange(m_shownRuns, runs) != runs);
}

void RunsPage::showCounts() {
    const auto& found = m_all.found();
    if (!found)
        return m_header->setSubtitle(m_all.failure() ? QString() : tr("The runs are being read\u2026"));
    const auto all = static_cast<int>(found->runs.size());
    QString counts = all == 1 ? tr("1 run") : tr("%1 runs").arg(all);
    if (m_model->rowCount() < all) counts = tr("%1 of %2").arg(m_model->rowCount()).arg(counts);
    m_header->setSubtitle(counts);
    QStringList others;
    for (const Error& other : found->others)
        others << ErrorText::describe(other);
    m_others->setVisible(!others.isEmpty());
    m_others->setText(
        others.size() == 1
            ? tr("One other thing lies in the runs' folder, and is no run.")
            : tr("%1 other things lie in the runs' folder, and are no runs.").arg(others.size()));
    m_others->setToolTip(others.join(QLatin1Char('\n')));
    fitList();
}

void RunsPage::showRunning() {
    const auto& running = m_news.running();
    m_model->setRunning(running, m_all.running());
    if (!running || !running->hasBegun || !m_all.found() || !isVisible()) return;
    if (running->folder == m_soughtRunning) return;
    m_soughtRunning = running->folder;
    // It may have begun since the list was read.
    if (m_all.find(running->folder) == nullptr) m_all.read();
}

void RunsPage::takeChoice() {
    m_view.selected = m_table->selectedFolders();
    keepListed(m_view.selected);
    m_problems->forget();
    showChoice();
}

// A run that gets another name or note does not go from under a person's hands.
void RunsPage::keepListed(const QStringList& folders) {
    for (const QString& folder : folders)
        if (!m_view.staying.contains(folder)) m_view.staying << folder;
}

// Of those that are chosen the ones that are shown: who searches does not lose the choice.
void RunsPage::showChoice(bool anew) {
    const QStringList chosen = m_table->selectedFolders();
    m_removeSeveral->setVisible(chosen.size() > 1);
    const auto gone = std::ranges::count_if(chosen, [&](const QString& run) { return m_all.isMissing(run); });
    m_removeSeveral->setText(gone == chosen.size()
                                 ? tr("Remove %1 runs from the list").arg(gone)
                                 : tr("Move %1 runs to trash\u2026").arg(chosen.size() - gone));
    if (chosen.size() == 1) {
        const training::CataloguedRun* run = m_model->runAt(m_model->rowOf(chosen.front()));
        if (m_compare != nullptr) m_compare->showNothing();
        if (anew || m_run->folder() != chosen.front()) m_run->showRun(*run);
        return showDetail(m_run);
    }
    m_run->showNothing();
    const bool compares = chosen.size() > 1 && chosen.size() <= ComparePanel::kMostRuns;
    if (compares && (anew || comparison().folders() != chosen)) comparison().showRuns(chosen);
    if (!compares && m_compare != nullptr) m_compare->showNothing();
    if (chosen.size() > ComparePanel::kMostRuns)
        m_nothing->setText(tr("%1 runs are chosen; at most %2 can be compared.")
                               .arg(chosen.size())
                               .arg(ComparePanel::kMostRuns));
    else if (m_all.found() && m_all.found()->runs.empty())
        m_nothing->setText(tr("There is no run yet. Train a network, or open a run from elsewhere."));
    else if (m_all.found() && m_model->rowCount() == 0)
        m_nothing->setText(tr("No run has these words."));
    else
        m_nothing->setText(
            tr("Choose a run to see what it was given and what came of it, or several to "
               "compare them."));
    showDetail(compares ? static_cast<QWidget*>(m_compare) : m_nothing);
}

void RunsPage::showResults() {
    const QStringList chosen = m_table->selectedFolders();
    const training::CataloguedRun* run = chosen.size() == 1 ? m_all.find(chosen.front()) : nullptr;
    if (run == nullptr || !run->card) return;
    const auto& running = m_news.running();
    if (running && QDir::cleanPath(running->folder) == chosen.front()) return emit trainRequested();
    if (!run->card->run.hasModel) return;
    m_project.setCurrentRun(QString::fromStdString(run->folder));
    emit resultsRequested();
}

// Whoever has gone elsewhere meanwhile is not followed.
void RunsPage::takeLike(const std::shared_ptr<const training::LikeRun>& like) {
    if (!isVisible()) return;
    QStringList notices;
    for (const Message& notice : like->notices)
        notices << text(notice);
    if (notices.isEmpty()) return m_reuse.take(*like);
    m_prompts.confirm(this, notices.join(QLatin1Char('\n')), tr("Take the settings"), tr("Leave them"),
                      [guard = QPointer<RunsPage>(this), like](bool yes) {
                          if (guard && yes) guard->m_reuse.take(*like);
                      });
}

void RunsPage::startFrom(const QString& folder) {
    const training::CataloguedRun* run = m_all.find(folder);
    if (run != nullptr && run->card) m_reuse.startFrom(run->card->run);
}

}  // namespace graft::ui
