// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/runs/RunPanel.h"

#include <QDir>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QLineEdit>
#include <QPointer>
#include <QPushButton>
#include <QStringList>
#include <QVBoxLayout>
#include <algorithm>
#include <utility>
#include <vector>

#include "core/runtime/RunControl.h"
#include "ui/prompts/UserPrompts.h"
#include "ui/runs/FactTable.h"
#include "ui/runs/NoteEditor.h"
#include "ui/session/AllRuns.h"
#include "ui/session/Background.h"
#include "ui/session/ErrorText.h"
#include "ui/session/MessageText.h"
#include "ui/session/Project.h"
#include "ui/session/ProjectPart.h"
#include "ui/session/RunChanges.h"
#include "ui/session/RunMove.h"
#include "ui/session/RunNews.h"
#include "ui/session/RunPlace.h"
#include "ui/session/RunReuse.h"
#include "ui/style/Theme.h"
#include "ui/widgets/Pill.h"

namespace graft::ui {

namespace {

QLabel* addWrapped(const char* name, QWidget* parent) {
    auto* label = new QLabel(parent);
    label->setObjectName(QString::fromLatin1(name));
    label->setFont(Theme::smallFont());
    label->setWordWrap(true);
    label->setTextFormat(Qt::PlainText);
    label->setTextInteractionFlags(Qt::TextSelectableByMouse);
    label->hide();
    return label;
}

void say(QLabel* label, const QStringList& sentences) {
    label->setText(sentences.join(QLatin1Char('\n')));
    label->setVisible(!sentences.isEmpty());
}

}  // namespace

RunPanel::RunPanel(Project& project, UserPrompts& prompts, QWidget* parent)
    : Card({}, parent),
      m_all(projectPart<AllRuns>(project)),
      m_changes(projectPart<RunChanges>(project)),
      m_news(projectPart<RunNews>(project)),
      m_reuse(projectPart<RunReuse>(project)),
      m_move(projectPart<RunMove>(project)),
      m_prompts(prompts) {
    setObjectName(QStringLiteral("runPanel"));
    body()->addWidget(buildHead());
    body()->addWidget(buildActions());  // in view also where the rest has to be scrolled
    m_wrong = addWrapped("wrong", this);
    body()->addWidget(m_wrong);
    body()->addWidget(buildMissing());
    body()->addWidget(buildTables(), 1);
    connect(&m_changes, &RunChanges::renamed, this, [this](const QString& before, const QString& now) {
        if (!isSamePlace(before, m_folder)) return;
        m_folder = QDir::cleanPath(now);
        m_note->follow(m_folder);
    });
    connect(&m_news, &RunNews::runningChanged, this, &RunPanel::showActions);
    connect(&m_reuse, &RunReuse::changed, this, &RunPanel::showActions);
    connect(&m_all, &AllRuns::runningChanged, this, &RunPanel::showFacts);
    showNothing();
}

RunPanel::~RunPanel() {
    if (m_control) m_control->stop();
    m_note->commit();
}

QWidget* RunPanel::buildHead() {
    auto* head = new QWidget(this);
    auto* row = new QHBoxLayout(head);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(8);
    m_star = new Pill(QStringLiteral("\u2606"), PillKind::Neutral, head);
    m_star->setObjectName(QStringLiteral("starRun"));
    m_star->setClickable(true);
    m_star->setCheckable(true);
    m_star->setToolTip(tr("Star"));
    m_star->setAccessibleName(tr("Star"));
    connect(m_star, &Pill::toggled, m_star, [star = m_star](bool isOn) {
        star->setText(isOn ? QStringLiteral("\u2605") : QStringLiteral("\u2606"));
    });
    connect(m_star, &Pill::clicked, this, [this](bool isOn) { m_changes.setStar(m_folder, isOn); });
    m_nameField = new QLineEdit(head);
    m_nameField->setObjectName(QStringLiteral("runName"));
    m_nameField->setAccessibleName(tr("Name of the run"));
    m_nameField->setToolTip(tr("Another name, and Return: the run's folder is renamed (F2)"));
    m_nameField->installEventFilter(this);
    m_rename = new QPushButton(tr("Rename"), head);
    m_rename->setObjectName(QStringLiteral("renameRun"));
    m_rename->setProperty("small", true);
    connect(m_nameField, &QLineEdit::textChanged, this, [this] { showActions(); });
    connect(m_nameField, &QLineEdit::returnPressed, this, &RunPanel::rename);
    connect(m_rename, &QPushButton::clicked, this, &RunPanel::rename);
    row->addWidget(m_star);
    row->addWidget(m_nameField, 1);
    row->addWidget(m_rename);
    return head;
}

QWidget* RunPanel::buildMissing() {
    auto* missing = new QWidget(this);
    auto* row = new QHBoxLayout(missing);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(8);
    m_missing = addWrapped("runMissing", missing);
    m_locate = new QPushButton(tr("Locate the images\u2026"), missing);
    m_locate->setObjectName(QStringLiteral("locateImages"));
    m_locate->setProperty("small", true);
    m_locate->hide();
    connect(m_locate, &QPushButton::clicked, this, &RunPanel::locate);
    connect(&m_move, &RunMove::changed, this, &RunPanel::showMove);
    row->addWidget(m_missing, 1);
    row->addWidget(m_locate, 0, Qt::AlignTop);
    return missing;
}

QWidget* RunPanel::buildTables() {
    auto* tables = new QWidget(this);
    auto* row = new QHBoxLayout(tables);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(16);
    auto* left = new QVBoxLayout;
    left->setSpacing(8);
    m_facts = new FactTable(tables);
    m_facts->setObjectName(QStringLiteral("runFacts"));
    m_facts->setAccessibleName(tr("What the run was given and what came of it"));
    m_note = new NoteEditor(m_changes, tables);
    left->addWidget(m_facts, 1);
    left->addWidget(m_note);
    auto* right = new QVBoxLayout;
    right->setSpacing(4);
    m_settingsTitle = new QLabel(tables);
    m_settingsTitle->setObjectName(QStringLiteral("muted"));
    m_settingsTitle->setFont(Theme::smallFont());
    m_settingsTitle->setWordWrap(true);
    m_settings = new FactTable(tables);
    m_settings->setObjectName(QStringLiteral("runSettings"));
    m_settings->setAccessibleName(tr("Settings of the run"));
    right->addWidget(m_settingsTitle);
    right->addWidget(m_settings, 1);
    row->addLayout(left, 1);
    row->addLayout(right, 1);
    return tables;
}

QWidget* RunPanel::buildActions() {
    auto* actions = new QWidget(this);
    auto* row = new QHBoxLayout(actions);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(6);  // all of them fit the smallest window
    m_results = addButton("showRunResults", tr("Show results"), &RunPanel::resultsRequested);
    m_results->setProperty("primary", true);
    m_continue = addButton("continueRun", tr("Continue"), &RunPanel::continueRequested);
    m_repeat = addButton("repeatRun", tr("Repeat"), &RunPanel::repeatRequested);
    m_weights = addButton("startFromRun", tr("Start from its weights"), &RunPanel::weightsRequested);
    m_remove = addButton("removeRun", tr("Move to trash\u2026"), &RunPanel::removeRequested);
    row->addWidget(m_results);
    row->addWidget(m_continue);
    row->addWidget(m_repeat);
    row->addWidget(m_weights);
    row->addStretch(1);
    row->addWidget(m_remove);
    return actions;
}

QPushButton* RunPanel::addButton(const char* name, const QString& text,
                                 void (RunPanel::*signal)(const QString&)) {
    auto* button = new QPushButton(text, this);
    button->setObjectName(QString::fromLatin1(name));
    connect(button, &QPushButton::clicked, this, [this, signal] {
        m_note->commit();
        (this->*signal)(QString(m_folder));  // a copy: another may be shown on the way
    });
    return button;
}

void RunPanel::showNothing() {
    ++m_number;
    if (m_control) m_control->stop();
    m_note->showNote({}, {});
    m_folder.clear();
    m_details.reset();
    m_needs.reset();
    m_failure.reset();
}

void RunPanel::showRun(const training::CataloguedRun& run) {
    const QString folder = QDir::cleanPath(QString::fromStdString(run.folder));
    if (folder != m_folder) {
        showNothing();
        m_folder = folder;
        m_name.clear();
    }
    showHead(run);
    showDetails();
    readDetails();
    readNeeds();
}

void RunPanel::showHead(const training::CataloguedRun& run) {
    const QString name = QDir(m_folder).dirName();
    const bool isTyped = !m_name.isEmpty() && m_nameField->text() != m_name;
    m_name = name;
    if (!isTyped) m_nameField->setText(name);
    m_problem.reset();
    m_noteProblem.reset();
    if (!run.card) m_problem = run.card.error();
    if (run.card) m_noteProblem = run.card->noteProblem;
    m_star->setChecked(run.card && run.card->note.star);
    m_note->setEnabled(run.card && !m_noteProblem);
    m_star->setEnabled(run.card && !m_noteProblem);
    m_note->showNote(m_folder, run.card ? QString::fromStdString(run.card->note.text) : QString());
}

void RunPanel::readDetails() {
    if (m_problem) return;
    runInBackground(
        this, [folder = m_folder.toStdString()] { return RunDetails::read(folder); },
        [this, number = ++m_number](Result<RunDetails> details) {
            if (number != m_number) return;
            m_failure.reset();
            if (!details) m_failure = details.error();
            if (details) m_details = std::move(*details);
            showDetails();
        });
}

// Beside the rest: it asks for every image.
void RunPanel::readNeeds() {
    if (m_control) m_control->stop();
    m_control.reset();
    if (m_problem) return;
    m_control = std::make_shared<runtime::RunControl>();
    runInBackground(
        this,
        [folder = m_folder.toStdString(), control = m_control] {
            return training::needsOf(folder, *control);
        },
        [this, control = m_control](const Result<training::RunNeeds>& needs) {
            if (control != m_control) return;
            if (needs) m_needs = *needs;
            showWhatIsWrong();
        });
}

void RunPanel::showDetails() {
    std::vector<Fact> settings;
    QString title;
    if (m_details) {
        for (const RunDetails::SetValue& set : m_details->settings) {
            Fact fact = Fact::of(set.row);
            fact.standsOut = !set.usual.empty();
            if (fact.standsOut)
                fact.tips = {tr("%1, and by default %2").arg(fact.values.value(0), text(set.usual))};
            settings.push_back(std::move(fact));
        }
        title =
            m_details->changed == 0 ? tr("Settings, all as they are by default")
            : m_details->changed == 1
                ? tr("Settings, first the one that is not as it is by default")
                : tr("Settings, first the %1 that are not as they are by default").arg(m_details->changed);
    }
    showFacts();
    m_settings->setFacts(std::move(settings));
    m_settingsTitle->setText(title);
    showWhatIsWrong();
    showActions();
}

// Of the run that is being trained the list and this say the same: what is told.
void RunPanel::showFacts() {
    std::vector<Fact> facts;
    if (m_details) {
        const training::CataloguedRun* running = m_all.running();
        const bool isTold = running != nullptr && running->card &&
                            QDir::cleanPath(QString::fromStdString(running->folder)) == m_folder;
        const auto told = isTold ? training::outcomeOf(*running->card) : std::vector<training::ComparedRow>();
        for (training::ComparedRow& row : m_details->outcome) {
            const auto now = std::ranges::find(told, row.key, &training::ComparedRow::key);
            if (now != told.end()) row = *now;  // it stays until the run is read again
            facts.push_back(Fact::of(row));
        }
        for (const training::ComparedRow& row : m_details->facts)
            facts.push_back(Fact::of(row));
    }
    m_facts->setFacts(std::move(facts));
}

void RunPanel::showWhatIsWrong() {
    QStringList wrong;
    if (m_problem) wrong << ErrorText::describe(*m_problem);
    if (m_failure) wrong << ErrorText::describe(*m_failure);
    if (m_move.failure() && isSamePlace(m_move.runFolder(), m_folder))
        wrong << ErrorText::describe(*m_move.failure());
    if (m_noteProblem) wrong << ErrorText::describe(*m_noteProblem);
    if (m_details && !m_details->card.run.whyFailed.empty()) wrong << text(m_details->card.run.whyFailed);
    say(m_wrong, wrong);
    QStringList missing;
    for (const Message& sentence : m_needs ? m_needs->sentences : std::vector<Message>())
        missing << text(sentence);
    say(m_missing, missing);
    // Of one that has not come to its end the Train page asks, and goes on with them.
    const bool isCompleted = m_details && m_details->card.run.status == training::RunStatus::Completed;
    m_locate->setVisible(isCompleted && m_needs && m_needs->hasList && !m_needs->hasImages());
    m_locate->setEnabled(!m_move.isActive());
}

void RunPanel::locate() {
    m_prompts.chooseFolder(this, tr("Where the run's images are now"), {},
                           [guard = QPointer<RunPanel>(this), run = m_folder](const QString& folder) {
                               if (guard && guard->m_folder == run) guard->m_move.start(run, folder);
                           });
}

void RunPanel::showMove() {
    if (QDir::cleanPath(m_move.runFolder()) != m_folder) return;
    showWhatIsWrong();
}

void RunPanel::showActions() {
    const bool isReadable = !m_problem && m_details;
    const training::RunSummary* run = isReadable ? &m_details->card.run : nullptr;
    // What is taken over is for the next run: another one that is going on does not stand in its way.
    const QString busy = m_reuse.isBusy() ? tr("Its settings are being looked up\u2026") : QString();
    const QString training =
        m_news.running() ? tr("A training is going on; wait until it is over, or stop it.") : busy;
    const bool isHere = m_news.running() && QDir::cleanPath(m_news.running()->folder) == m_folder;
    m_results->setEnabled(run != nullptr && run->hasModel && !isHere);
    m_continue->setEnabled(run != nullptr && m_details->isResumable && training.isEmpty());
    const QString why = run != nullptr && run->status == training::RunStatus::Completed
                            ? tr("It has come to its end.")
                        : run != nullptr ? text(m_details->whyNotResumable)
                                         : QString();
    m_continue->setToolTip(training.isEmpty() ? why : training);
    m_repeat->setEnabled(run != nullptr && busy.isEmpty());
    m_repeat->setToolTip(busy.isEmpty() ? tr("Takes all its settings over to the Train page, for a new run")
                                        : busy);
    const QString learning = isHere ? training : busy;  // its model is not what it will be
    m_weights->setEnabled(run != nullptr && run->hasModel && learning.isEmpty());
    m_weights->setToolTip(learning.isEmpty() ? tr("A new run begins from what this one has learned")
                                             : learning);
    const bool isMissing = m_all.isMissing(m_folder);
    m_remove->setEnabled(!m_folder.isEmpty());
    m_remove->setText(isMissing ? tr("Remove from the list") : tr("Move to trash\u2026"));
    m_remove->setToolTip(isMissing ? tr("Nothing lies there any more")
                                   : tr("The run's folder, with its model and its results (Delete)"));
    const QString typed = m_nameField->text().trimmed();
    m_rename->setEnabled(!typed.isEmpty() && typed != m_name);
}

void RunPanel::editName() {
    m_nameField->setFocus(Qt::ShortcutFocusReason);
    m_nameField->selectAll();
}

void RunPanel::rename() {
    const QString name = m_nameField->text().trimmed();
    if (m_folder.isEmpty() || name == m_name) return;
    m_note->commit();
    m_changes.rename(m_folder, name);
}

void RunPanel::putNameBack() {
    m_nameField->setText(m_name);
    m_nameField->selectAll();
}

bool RunPanel::eventFilter(QObject* watched, QEvent* event) {
    if (watched == m_nameField && event->type() == QEvent::KeyPress &&
        static_cast<QKeyEvent*>(event)->key() == Qt::Key_Escape) {
        putNameBack();
        return true;
    }
    return Card::eventFilter(watched, event);
}

}  // namespace graft::ui
