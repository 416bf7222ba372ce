// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/train/TrainPage.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QProgressBar>
#include <QPushButton>
#include <QTimer>
#include <QVBoxLayout>
#include <cmath>
#include <variant>

#include "core/training/FindLearningRate.h"
#include "ui/news/NextRunBar.h"
#include "ui/news/RandomStartBar.h"
#include "ui/session/Background.h"
#include "ui/session/DatasetSummary.h"
#include "ui/session/ErrorText.h"
#include "ui/session/KeptViews.h"
#include "ui/session/OpenedRun.h"
#include "ui/session/Project.h"
#include "ui/session/ProjectPart.h"
#include "ui/session/RateSearch.h"
#include "ui/session/RunHistory.h"
#include "ui/train/CachePanel.h"
#include "ui/train/LearningRateView.h"
#include "ui/train/RunAbout.h"
#include "ui/train/RunCurves.h"
#include "ui/train/RunSettings.h"
#include "ui/train/SettingsPanel.h"
#include "ui/widgets/Card.h"
#include "ui/widgets/FocusRank.h"
#include "ui/widgets/InlineError.h"
#include "ui/widgets/PageHeader.h"

namespace graft::ui {

namespace {

constexpr int kSettingsWidth = 324;
constexpr int kProgressSteps = 10000;

}  // namespace

TrainPage::TrainPage(Project& project, TrainingController& controller, UserPrompts& prompts, QWidget* parent)
    : QWidget(parent),
      m_project(project),
      m_controller(controller),
      m_history(controller.history()),
      m_kept(projectPart<KeptViews>(project)) {
    setObjectName(QStringLiteral("page"));
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(24, 16, 24, 24);
    layout->setSpacing(8);
    buildHeader();
    layout->addWidget(m_header);
    m_reason = new QLabel(this);
    m_reason->setObjectName(QStringLiteral("startObstacle"));
    m_reason->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
    m_reason->setTextFormat(Qt::PlainText);
    m_reason->setWordWrap(true);
    m_reason->hide();
    layout->addWidget(m_reason);
    layout->addWidget(new NextRunBar(m_project, this));
    layout->addWidget(new RandomStartBar(m_project, RandomStartBar::Place::OnAnotherPage, this));

    m_progress = new QProgressBar(this);
    m_progress->setObjectName(QStringLiteral("trainProgress"));
    m_progress->setAccessibleName(tr("Progress of the training"));
    m_progress->setRange(0, kProgressSteps);
    m_progress->setTextVisible(false);
    m_progress->setFixedHeight(6);
    layout->addWidget(m_progress);
    m_error = new InlineError(this);
    layout->addWidget(m_error);
    m_about = new RunAbout(m_project, prompts, this);
    layout->addWidget(m_about);
    connect(m_about, &RunAbout::continueRequested, this, &TrainPage::goOn);
    connect(m_about, &RunAbout::failed, m_error, &InlineError::showError);

    auto* columns = new QHBoxLayout;
    columns->setSpacing(16);
    auto* settingsCard = new Card(tr("Settings of the next run"), this);
    settingsCard->setFixedWidth(kSettingsWidth);
    m_runSettings = new RunSettings(m_project, settingsCard);
    settingsCard->body()->addWidget(m_runSettings);
    m_settings = new SettingsPanel(m_project, prompts, settingsCard);
    settingsCard->body()->addWidget(m_settings);
    columns->addWidget(settingsCard);
    m_curves = new RunCurves(m_project, prompts, this);
    columns->addWidget(m_curves, 1);
    layout->addSpacing(4);
    layout->addLayout(columns, 1);

    connect(&m_controller, &TrainingController::stateChanged, this, &TrainPage::updateControls);
    connect(&m_controller, &TrainingController::eventsArrived, this, &TrainPage::showEvents);
    connect(&m_controller, &TrainingController::finished, this, &TrainPage::onFinished);
    connect(&m_project, &Project::datasetChanged, this, &TrainPage::updateControls);
    connect(&m_project, &Project::datasetChanged, this, &TrainPage::showError);
    connect(&m_project, &Project::backboneChanged, this, &TrainPage::updateControls);
    connect(&m_project, &Project::choosingChanged, this, &TrainPage::updateControls);
    connect(&m_project, &Project::folderChanged, this, [this] {
        if (!m_controller.isActive()) {
            m_history.forgetCache();
            m_settings->cachePanel()->forget();
        }
        updateControls();
    });
    connect(&m_project, &Project::currentRunChanged, this, &TrainPage::followChoice);
    connect(m_settings, &SettingsPanel::validityChanged, this, &TrainPage::updateControls);
    connect(m_settings, &SettingsPanel::choosingChanged, this, &TrainPage::updateControls);
    connect(m_settings, &SettingsPanel::findLearningRateRequested, this, &TrainPage::findLearningRate);
    connect(&m_project, &Project::configChanged, this, [this] {
        if (m_history.run().folder().isEmpty()) {
            m_curves->setEpochs(m_project.config().epochs);
            m_curves->refresh();
        }
        offerFinder();
    });
    connect(&m_project, &Project::summaryChanged, this, &TrainPage::offerFinder);
    showHistory();
    updateControls();
    // A start that failed has left nothing on the disk; its reason stays.
    const ShownRun& run = m_history.run();
    const bool isBeside = run.hasBegun() && m_history.hasChosen();
    if (run.folder().isEmpty() || run.hasBegun()) loadRun(isBeside ? run.folder() : m_project.currentRun());
    // Over a window that is shown by then.
    if (m_kept.finderIsOpen) QTimer::singleShot(0, this, &TrainPage::reopenFinder);
}

void TrainPage::buildHeader() {
    m_header = new PageHeader(tr("Train"), this);
    const auto add = [this](const char* name, const QString& text, bool primary, auto handler) {
        QPushButton* button = m_header->addButton(text, primary);
        button->setObjectName(QString::fromLatin1(name));
        connect(button, &QPushButton::clicked, this, handler);
        return button;
    };
    m_again = add("againTraining", tr("Train again"), false, &TrainPage::start);
    m_continue = add("continueTraining", tr("Continue"), false, [this] { goOn({}); });
    m_continue->setToolTip(
        tr("Goes on with the settings that the run began with, not with those chosen here"));
    m_pause = add("pauseTraining", tr("Pause"), false, &TrainPage::togglePause);
    m_stop = add("stopTraining", tr("Stop"), false, [this] { m_controller.stop(); });
    m_start = add("startTraining", tr("Start"), true, &TrainPage::start);
    m_next = add("nextToResults", tr("Next: results"), true, &TrainPage::openResults);
    setFocusRank(*m_stop, kNeverByItself);
    setFocusRank(*m_next, kBeforeOthers);
    setFocusRank(*m_continue, kBeforeOthers + 1);
}

void TrainPage::start() {
    m_settings->commit();
    if (m_controller.isActive() || !m_settings->isValid() || !obstacle().isEmpty()) return;
    settings::TrainConfig config = m_project.config();
    config.runFolder = m_project.newRunFolder().toStdString();
    clearRun();
    ++m_asked;
    m_history.begin(config);
    m_controller.start(config, m_project.dataset());
}

void TrainPage::goOn(const QString& dataFolder) {
    const QString folder = m_history.run().folder();
    if (m_controller.isActive() || folder.isEmpty()) return;
    m_settings->cachePanel()->forget();
    ++m_asked;
    m_history.goOn();
    showError();
    if (!dataFolder.isEmpty()) return m_controller.resumeElsewhere(folder, dataFolder);
    m_controller.resumeRun(folder, m_project.folder());
}

void TrainPage::togglePause() {
    if (m_controller.state() == TrainingController::State::Paused) return m_controller.resume();
    m_controller.pause();
}

void TrainPage::showEvents(const std::vector<training::TrainEvent>& events) {
    for (const training::TrainEvent& event : events) {
        m_curves->take(event);
        if (std::holds_alternative<training::EpochDone>(event)) showBest();
        if (const auto* cache = std::get_if<training::CacheState>(&event))
            m_settings->cachePanel()->showState(*cache);
        if (std::holds_alternative<training::RunEnded>(event)) m_settings->cachePanel()->refresh();
    }
    showProgress();
    m_curves->refresh();
    updateStatus();
}

void TrainPage::onFinished(const TrainingResult& result) {
    showError();
    showProgress();
    updateControls();
    // One that has not begun has left nothing: what was looked at before comes back.
    loadRun(m_history.run().hasBegun() ? result.runFolder : m_project.currentRun());
}

void TrainPage::followChoice() {
    if (m_project.currentRun().isEmpty() && !m_controller.isActive()) clearRun();  // it was removed
    updateControls();
    loadRun(m_project.currentRun());
}

void TrainPage::continueRun(const QString& folder) {
    m_project.setCurrentRun(folder);
    loadRun(folder, true);
}

void TrainPage::loadRun(const QString& folder, bool goesOn) {
    const int number = ++m_asked;
    if (folder.isEmpty() || m_controller.isActive()) return;
    runInBackground(
        this, [folder] { return OpenedRun::read(folder.toStdString()); },
        [this, folder, number, goesOn](const Result<OpenedRun>& run) {
            // Meanwhile another run may have been chosen or started, or this one asked for again.
            if (m_controller.isActive() || number != m_asked) return;
            if (run) return showRun(*run, goesOn);
            // Why it failed comes first.
            const Error reason =
                m_history.run().isIn(folder) ? m_history.failure().value_or(run.error()) : run.error();
            clearRun();
            m_history.fail(reason);
            showError();
            updateControls();
        });
}

void TrainPage::showRun(const OpenedRun& opened, bool goesOn) {
    const training::RunSummary& run = opened.run;
    const bool same = m_history.run().isIn(QString::fromStdString(run.folder));
    const bool anew = !same || m_history.epochsDone() != static_cast<int>(run.epochs.size());
    m_history.show(opened, anew);
    if (!same) m_settings->cachePanel()->forget();
    showError();
    if (anew) drawCurves();
    showProgress();
    showBest();
    updateControls();
    if (goesOn && run.resumable) goOn({});
}

void TrainPage::clearRun() {
    m_history.forget();
    m_settings->cachePanel()->forget();
    showHistory();
}

void TrainPage::showHistory() {
    if (m_history.cache()) m_settings->cachePanel()->showState(*m_history.cache());
    drawCurves();
    showProgress();
    showBest();
    showError();
}

void TrainPage::drawCurves() {
    const ShownRun& run = m_history.run();
    m_curves->clear(run.folder().isEmpty() ? m_project.config().epochs : run.epochs());
    for (const training::TrainEvent& event : m_history.events())
        m_curves->take(event);
    m_curves->refresh();
}

void TrainPage::showProgress() {
    m_progress->setValue(static_cast<int>(std::lround(m_history.run().progress() * kProgressSteps)));
}

void TrainPage::showBest() {
    m_curves->showBest(m_history.run().bestText(), m_history.run().bestBasis());
}

void TrainPage::showError() {
    const ShownRun& run = m_history.run();
    if (m_history.failure()) return m_error->showError(ErrorText::describe(*m_history.failure()));
    const QString why = (run.whyFailed() + QLatin1Char('\n') + run.whyNotResumable()).trimmed();
    m_error->showError(run.isElsewhere() ? QString() : why);
}

void TrainPage::openResults() {
    m_project.setCurrentRun(m_history.run().folder());
    emit nextRequested();
}

void TrainPage::findLearningRate() {
    if (m_finder && m_finder->isVisible()) return;
    m_settings->commit();
    openFinder();
}

void TrainPage::openFinder() {
    const QString why = finderObstacle();
    auto* view = new LearningRateView(m_project, this);
    m_finder = view;
    view->setAttribute(Qt::WA_DeleteOnClose);
    if (projectPart<RateSearch>(m_project).hasBegun()) {
        view->showKept();
    } else if (why.isEmpty()) {
        view->begin();
    } else {
        view->refuse(why);
    }
    m_kept.finderIsOpen = true;
    connect(view, &QDialog::finished, this, [this] { m_kept.finderIsOpen = false; });
    view->open();
}

void TrainPage::reopenFinder() {
    if (m_finder) return;  // a click came first
    // Why there was none may have passed: a search is begun by a person alone.
    m_kept.finderIsOpen = projectPart<RateSearch>(m_project).hasBegun() || !finderObstacle().isEmpty();
    if (m_kept.finderIsOpen) openFinder();
}

QString TrainPage::finderObstacle() const {
    if (m_controller.isActive())
        return tr(
            "A training is going on, which needs the same device; look for a learning rate when it is over.");
    if (!m_settings->isValid()) return tr("A setting has a value that it cannot have; mend it first.");
    const QString why = obstacle();
    if (!why.isEmpty()) return why;
    const auto blocks = m_project.summary();
    if (!blocks) return {};  // they are being measured; the search itself asks too
    const auto has = training::checkHasRate(m_project.config(), blocks->units);
    return has ? QString() : ErrorText::describe(has.error());
}

void TrainPage::offerFinder() {
    m_settings->offerFinder(finderObstacle());
}

QString TrainPage::obstacle() const {
    if (m_project.folder().isEmpty()) return tr("Choose a folder of images on the Data page first.");
    const auto summary = m_project.datasetSummary();
    if (!summary) return tr("The images are being read…");
    if (summary->obstacle) return ErrorText::describe(*summary->obstacle);
    if (m_project.isChoosing()) return tr("The backbone's settings are being looked up…");
    return m_settings->isChoosing() ? tr("The recipe's settings are being looked up…") : QString();
}

void TrainPage::updateControls() {
    using State = TrainingController::State;
    const State state = m_controller.state();
    const bool idle = state == State::Idle;
    const ShownRun& run = m_history.run();
    const bool finished = idle && run.hasResults();
    const bool canStart = m_settings->isValid() && obstacle().isEmpty();

    m_next->setVisible(finished);
    m_again->setText(RunAbout::againText(run, m_project));
    m_again->setVisible(finished);
    m_again->setEnabled(canStart);
    m_continue->setVisible(idle && run.isResumable());
    m_start->setVisible(idle && !finished);
    m_continue->setText(run.hasFailed() ? tr("Try to continue") : tr("Continue"));
    m_start->setText(RunAbout::startText(run, m_project));
    m_start->setEnabled(canStart);
    m_pause->setVisible(!idle);
    m_pause->setEnabled(state == State::Running || state == State::Paused);
    m_pause->setText(state == State::Paused ? tr("Resume") : tr("Pause"));
    m_stop->setVisible(!idle);
    m_stop->setEnabled(state == State::Running || state == State::Paused);
    m_settings->cachePanel()->setInUse(!idle);
    using Standing = RunSettings::Standing;
    m_runSettings->showRun(run.config(), !idle               ? Standing::GoingOn
                                         : run.isResumable() ? Standing::Resumable
                                                             : Standing::Over);
    offerFinder();
    updateStatus();
}

void TrainPage::updateStatus() {
    const ShownRun& run = m_history.run();
    QString text = run.status(m_controller.state(), m_controller.isAtRest());
    const bool isBeside =
        m_history.hasChosen() && !m_controller.isActive() && !run.isIn(m_project.currentRun());
    if (isBeside && !text.isEmpty()) text = tr("%1 \u00b7 another run is chosen in the list").arg(text);
    if (m_controller.isActive()) text = RunAbout::withImages(text, run);
    m_about->showRun(run, !m_controller.isActive());
    const QString why = obstacle().isEmpty() ? m_settings->obstacle() : obstacle();
    if (text.isEmpty() && isWaiting()) text = why;
    if (text.isEmpty()) text = RunAbout::nextRun(m_project);
    m_header->setSubtitle(text);
    const bool isOffered = !m_start->isHidden() || !m_again->isHidden();
    m_reason->setText(why);
    m_reason->setVisible(isOffered && !why.isEmpty() && why != text);
    m_start->setToolTip(why);
    m_again->setToolTip(why);
}

bool TrainPage::isWaiting() const {
    if (m_project.folder().isEmpty()) return false;
    const auto summary = m_project.datasetSummary();
    return !summary || (!summary->obstacle && (m_project.isChoosing() || m_settings->isChoosing()));
}

}  // namespace graft::ui
