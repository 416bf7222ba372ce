// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/train/TrainPage.h"

#include <QHBoxLayout>
#include <QProgressBar>
#include <QPushButton>
#include <QScrollArea>
#include <QVBoxLayout>
#include <cmath>
#include <variant>

#include "ui/session/Background.h"
#include "ui/session/DatasetSummary.h"
#include "ui/session/ErrorText.h"
#include "ui/session/Project.h"
#include "ui/train/CachePanel.h"
#include "ui/train/OpenedRun.h"
#include "ui/train/RunCurves.h"
#include "ui/train/SettingsPanel.h"
#include "ui/widgets/Card.h"
#include "ui/widgets/InlineError.h"
#include "ui/widgets/PageHeader.h"

namespace graft::ui {

namespace {

constexpr int kSettingsWidth = 290;
constexpr int kProgressSteps = 10000;

}  // namespace

TrainPage::TrainPage(Project& project, TrainingController& controller, QWidget* parent)
    : QWidget(parent), m_project(project), m_controller(controller) {
    setObjectName(QStringLiteral("page"));
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(24, 16, 24, 24);
    layout->setSpacing(8);
    buildHeader();
    layout->addWidget(m_header);

    m_progress = new QProgressBar(this);
    m_progress->setObjectName(QStringLiteral("trainProgress"));
    m_progress->setAccessibleName(tr("Progress of the training"));
    m_progress->setRange(0, kProgressSteps);
    m_progress->setTextVisible(false);
    m_progress->setFixedHeight(6);
    layout->addWidget(m_progress);
    m_error = new InlineError(this);
    layout->addWidget(m_error);

    auto* columns = new QHBoxLayout;
    columns->setSpacing(16);
    auto* settingsCard = new Card(tr("Settings"), this);
    settingsCard->setFixedWidth(kSettingsWidth);
    m_settings = new SettingsPanel(m_project);
    auto* scroll = new QScrollArea(settingsCard);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setWidgetResizable(true);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    scroll->setWidget(m_settings);
    settingsCard->body()->addWidget(scroll);
    columns->addWidget(settingsCard);
    m_curves = new RunCurves(this);
    columns->addWidget(m_curves, 1);
    layout->addSpacing(4);
    layout->addLayout(columns, 1);

    connect(&m_controller, &TrainingController::stateChanged, this, &TrainPage::updateControls);
    connect(&m_controller, &TrainingController::eventsArrived, this, &TrainPage::showEvents);
    connect(&m_controller, &TrainingController::finished, this, &TrainPage::onFinished);
    connect(&m_project, &Project::datasetChanged, this, &TrainPage::updateControls);
    connect(&m_project, &Project::backboneChanged, this, &TrainPage::updateControls);
    connect(&m_project, &Project::choosingChanged, this, &TrainPage::updateControls);
    connect(&m_project, &Project::folderChanged, this, [this] {
        if (!m_controller.isActive()) m_settings->cachePanel()->forget();
        updateControls();
    });
    connect(&m_project, &Project::currentRunChanged, this, &TrainPage::followChoice);
    connect(m_settings, &SettingsPanel::validityChanged, this, &TrainPage::updateControls);
    connect(&m_project, &Project::configChanged, this, [this] {
        if (m_run.folder().isEmpty()) {
            m_curves->setEpochs(m_project.config().epochs);
            m_curves->refresh();
        }
    });
    clearRun();
    updateControls();
    loadRun(m_project.currentRun());
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
    m_continue = add("continueTraining", tr("Continue"), false, &TrainPage::continueRun);
    m_pause = add("pauseTraining", tr("Pause"), false, &TrainPage::togglePause);
    m_stop = add("stopTraining", tr("Stop"), false, &TrainPage::stop);
    m_start = add("startTraining", tr("Start"), true, &TrainPage::start);
    m_next = add("nextToResults", tr("Next: results"), true, &TrainPage::openResults);
}

void TrainPage::start() {
    m_settings->commit();
    if (m_controller.isActive() || !m_settings->isValid() || !obstacle().isEmpty()) return;
    settings::TrainConfig config = m_project.config();
    config.runFolder = m_project.newRunFolder().toStdString();
    clearRun();
    ++m_asked;
    m_hasChosen = false;
    m_run = ShownRun(QString::fromStdString(config.runFolder), config.epochs);
    m_controller.start(config, m_project.dataset());
}

void TrainPage::continueRun() {
    if (m_controller.isActive() || m_run.folder().isEmpty()) return;
    m_error->showError({});
    m_settings->cachePanel()->forget();
    ++m_asked;
    m_hasChosen = false;
    m_run.goOn();
    m_controller.resumeRun(m_run.folder(), m_project.folder());
}

void TrainPage::togglePause() {
    if (m_controller.state() == TrainingController::State::Paused) {
        m_controller.resume();
    } else {
        m_controller.pause();
    }
}

void TrainPage::stop() {
    m_controller.stop();
}

void TrainPage::showEvents(const std::vector<training::TrainEvent>& events) {
    for (const training::TrainEvent& event : events) {
        m_run.take(event);
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
    using Outcome = training::RunEnded::Outcome;
    m_run.take(result);
    if (result.outcome == Outcome::Failed && result.error)
        m_error->showError(ErrorText::describe(*result.error));
    showProgress();
    updateControls();
    // A run that failed or was stopped before its folder was there leaves nothing to look at.
    if (m_run.hasBegun()) {
        if (!m_hasChosen) m_project.setCurrentRun(result.runFolder);
        loadRun(result.runFolder);
    } else if (result.outcome == Outcome::Stopped) {
        loadRun(m_project.currentRun());
    }
    m_project.notifyRunsChanged();
}

void TrainPage::followChoice() {
    m_hasChosen = m_controller.isActive();
    loadRun(m_project.currentRun());
}

void TrainPage::loadRun(const QString& folder) {
    const int number = ++m_asked;
    if (folder.isEmpty() || m_controller.isActive()) return;
    runInBackground(
        this, [folder] { return OpenedRun::read(folder.toStdString()); },
        [this, folder, number](const Result<OpenedRun>& run) {
            // Meanwhile another run may have been chosen or started, or this one asked for again.
            if (m_controller.isActive() || number != m_asked) return;
            if (run) return showRun(*run);
            // Why it failed comes first.
            const QString reason = m_run.isIn(folder) ? m_error->text() : QString();
            clearRun();
            m_error->showError(reason.isEmpty() ? ErrorText::describe(run.error()) : reason);
            updateControls();
        });
}

void TrainPage::showRun(const OpenedRun& opened) {
    const training::RunSummary& run = opened.run;
    const bool same = m_run.isIn(QString::fromStdString(run.folder));
    // Why it failed stays to be read.
    const QString error = same && m_error->text() != m_run.whyNotResumable() ? m_error->text() : QString();
    const bool anew = !same || m_curves->epochCount() != static_cast<int>(run.epochs.size());
    m_run.take(opened, anew);
    if (!same) m_settings->cachePanel()->forget();
    m_error->showError(error.isEmpty() && !run.isBeingTrained ? m_run.whyNotResumable() : error);
    if (anew) {
        m_curves->clear(run.config.epochs);
        for (const training::EpochDone& epoch : run.epochs)
            m_curves->addEpoch(epoch);
        m_curves->refresh();
    }
    showProgress();
    showBest();
    updateControls();
}

void TrainPage::clearRun() {
    m_run = ShownRun();
    m_error->showError({});
    m_settings->cachePanel()->forget();
    m_curves->clear(m_project.config().epochs);
    showProgress();
}

void TrainPage::showProgress() {
    m_progress->setValue(static_cast<int>(std::lround(m_run.progress() * kProgressSteps)));
}

void TrainPage::showBest() {
    m_curves->showBest(m_run.bestText(), m_run.bestBasis());
}

void TrainPage::openResults() {
    m_project.setCurrentRun(m_run.folder());
    emit nextRequested();
}

QString TrainPage::obstacle() const {
    if (m_project.folder().isEmpty()) return tr("Choose a folder of images on the Data page first.");
    const auto summary = m_project.datasetSummary();
    if (!summary) return tr("The images are being read…");
    if (summary->obstacle) return ErrorText::describe(*summary->obstacle);
    return m_project.isChoosing() ? tr("The backbone's settings are being looked up…") : QString();
}

void TrainPage::updateControls() {
    using State = TrainingController::State;
    const State state = m_controller.state();
    const bool idle = state == State::Idle;
    const bool finished = idle && m_run.hasResults();
    const bool canStart = m_settings->isValid() && obstacle().isEmpty();

    m_next->setVisible(finished);
    m_again->setVisible(finished);
    m_again->setEnabled(canStart);
    m_continue->setVisible(idle && m_run.isResumable());
    m_start->setVisible(idle && !finished);
    m_start->setText(m_run.isResumable() ? tr("Start anew") : tr("Start"));
    m_start->setEnabled(canStart);
    m_pause->setVisible(!idle);
    m_pause->setEnabled(state == State::Running || state == State::Paused);
    m_pause->setText(state == State::Paused ? tr("Resume") : tr("Pause"));
    m_stop->setVisible(!idle);
    m_stop->setEnabled(state == State::Running || state == State::Paused);
    m_settings->setLocked(!idle);
    updateStatus();
}

void TrainPage::updateStatus() {
    QString text = m_run.status(m_controller.state(), m_controller.isAtRest());
    const bool isBeside = m_hasChosen && !m_controller.isActive() && !m_run.isIn(m_project.currentRun());
    if (isBeside && !text.isEmpty())
        text = tr("%1 \u00b7 its training is over; another run is chosen in the list").arg(text);
    if (text.isEmpty()) text = obstacle();
    if (text.isEmpty()) {
        const data::ClassCount& images = m_project.datasetSummary()->all;
        text = tr("%1 training and %2 validation images").arg(images.train).arg(images.validation) +
               QStringLiteral(" \u00b7 ") + QString::fromStdString(m_project.config().backbone);
    }
    m_header->setSubtitle(text);
}

}  // namespace graft::ui
