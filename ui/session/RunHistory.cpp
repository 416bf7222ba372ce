// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/session/RunHistory.h"

#include <algorithm>
#include <utility>
#include <variant>

#include "ui/session/OpenedRun.h"
#include "ui/session/Project.h"
#include "ui/session/ProjectPart.h"
#include "ui/session/RunNews.h"

namespace graft::ui {

namespace {

template <class Event>
bool is(const training::TrainEvent& event) {
    return std::holds_alternative<Event>(event);
}

bool isWithinAnEpoch(const training::TrainEvent& event) {
    return is<training::BatchDone>(event) || is<training::HeadSolving>(event);
}

}  // namespace

RunHistory::RunHistory(Project& project, TrainingController& controller)
    : QObject(&controller), m_project(project), m_controller(controller) {
    connect(&controller, &TrainingController::eventsArrived, this, &RunHistory::take);
    connect(&controller, &TrainingController::stateChanged, this, &RunHistory::tellRunning);
    connect(&controller, &TrainingController::finished, this, &RunHistory::finish);
    connect(&project, &Project::currentRunChanged, this, [this] {
        m_hasChosen = m_controller.isActive();
        m_refusal.reset();
    });
    connect(&project, &Project::datasetChanged, this, [this] { m_refusal.reset(); });
}

int RunHistory::epochsDone() const {
    return static_cast<int>(std::ranges::count_if(m_events, is<training::EpochDone>));
}

void RunHistory::forget() {
    m_run = ShownRun();
    m_events.clear();
    m_epochs.reset();
    m_cache.reset();
    m_failure.reset();
    m_refusal.reset();
}

void RunHistory::begin(const QString& folder, int epochs) {
    forget();
    m_run = ShownRun(folder, epochs);
    m_hasChosen = false;
}

void RunHistory::begin(const settings::TrainConfig& config) {
    begin(QString::fromStdString(config.runFolder), config.epochs);
    m_run.isOf(config);
}

void RunHistory::goOn() {
    m_refusal.reset();
    m_run.goOn();
    m_cache.reset();
    m_failure.reset();
    m_hasChosen = false;
    RunNews& news = projectPart<RunNews>(m_project);
    if (news.ended() && m_run.isIn(news.ended()->folder)) news.forgetEnded();
}

void RunHistory::lookAtCurrent() {
    if (m_controller.isActive() && !m_project.currentRun().isEmpty()) m_hasChosen = true;
}

void RunHistory::show(const OpenedRun& opened, bool anew) {
    const bool isSame = m_run.isIn(QString::fromStdString(opened.run.folder));
    if (!isSame) {
        m_cache.reset();
        m_failure.reset();
    }
    m_run.take(opened, anew);
    if (!anew) return;
    training::RunStarted started;
    started.runFolder = opened.run.folder;
    started.epochs = opened.run.config.epochs;
    started.trainImages = opened.trainImages;
    started.validationImages = opened.validationImages;
    started.classes = opened.classes;
    m_epochs.reset();
    m_events.assign(1, started);
    m_events.insert(m_events.end(), opened.run.epochs.begin(), opened.run.epochs.end());
}

void RunHistory::take(const std::vector<training::TrainEvent>& events) {
    for (const training::TrainEvent& event : events) {
        m_run.take(event);
        if (const auto* cache = std::get_if<training::CacheState>(&event)) m_cache = *cache;
        keep(event);
    }
    tellRunning();
}

// Of an epoch that is over its figures are enough; and one that was half done before a stop is done again.
void RunHistory::keep(const training::TrainEvent& event) {
    if (is<training::EpochDone>(event)) m_epochs.reset();
    if (is<training::EpochDone>(event) || is<training::RunStarted>(event))
        std::erase_if(m_events, isWithinAnEpoch);
    if (is<training::ValidationAnswers>(event)) std::erase_if(m_events, is<training::ValidationAnswers>);
    const bool isDrawn = isWithinAnEpoch(event) || is<training::EpochDone>(event) ||
                         is<training::RunStarted>(event) || is<training::PhaseStarted>(event) ||
                         is<training::ValidationAnswers>(event);
    if (isDrawn) m_events.push_back(event);
}

void RunHistory::finish(const TrainingResult& result) {
    m_run.take(result);
    const bool hasFailed = result.outcome == training::RunEnded::Outcome::Failed;
    if (hasFailed) (m_run.hasBegun() ? m_failure : m_refusal) = result.error;
    // One that failed or was stopped before its folder was there leaves nothing to look at.
    const bool isBeside = m_hasChosen && !m_run.isIn(m_project.currentRun());
    if (m_run.hasBegun() && isBeside)
        projectPart<RunNews>(m_project).tellEnded({result.runFolder, result.outcome});
    if (m_run.hasBegun() && !isBeside) m_project.setCurrentRun(result.runFolder);
    m_project.notifyRunsChanged();
}

// Anew with each of them only: the news come with every batch.
void RunHistory::gatherEpochs() {
    if (m_epochs) return;
    auto epochs = std::make_shared<std::vector<training::EpochDone>>();
    for (const training::TrainEvent& event : m_events) {
        if (const auto* epoch = std::get_if<training::EpochDone>(&event)) epochs->push_back(*epoch);
    }
    m_epochs = std::move(epochs);
}

void RunHistory::tellRunning() {
    RunNews& news = projectPart<RunNews>(m_project);
    if (!m_controller.isActive()) return news.tellRunning(std::nullopt);
    RunningRun run;
    run.folder = m_run.folder();
    run.hasBegun = m_run.hasBegun();
    run.config = m_run.config();
    run.state = m_controller.state();
    run.isAtRest = m_controller.isAtRest();
    run.position = m_run.position();
    run.progress = m_run.progress();
    run.valAccuracy = m_run.valAccuracy();
    run.best = m_run.bestText();
    if (run.config && m_run.epochs() > 0)
        run.config->epochs = m_run.epochs();  // more may have been asked for
    gatherEpochs();
    run.epochs = m_epochs;
    news.tellRunning(std::move(run));
}

}  // namespace graft::ui
