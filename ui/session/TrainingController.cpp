// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/session/TrainingController.h"

#include <algorithm>
#include <filesystem>
#include <utility>
#include <variant>

#include "core/training/RunFolder.h"
#include "ui/session/RunHistory.h"
#include "ui/session/TrainingWorker.h"

namespace graft::ui {

namespace {
// About two frames of a 60 Hz screen: smooth to the eye, cheap to draw.
constexpr int kDeliverEveryMs = 33;

// Whether the run's images are to be looked for in the folder that was chosen: some are gone from where they
// were, and it has more of them, or so many are gone that the run could not go on there. Otherwise the folder
// may as well have been chosen for another training.
bool liesElsewhere(const std::string& runFolder, const std::string& chosen) {
    namespace fs = std::filesystem;
    if (chosen.empty()) return false;
    auto dataset = training::readDataset(runFolder);
    if (!dataset) return false;
    std::error_code error;
    std::vector<data::Sample>& images = dataset->samples;
    std::erase_if(images, [](const data::Sample& image) { return image.split == data::Split::Test; });
    // Of a changed image its own folder still has the place; another folder must have the image itself.
    const auto gone = std::ranges::count_if(images, [&](const data::Sample& image) {
        return !fs::is_regular_file(fs::path(dataset->root) / image.path, error);
    });
    const auto held = [&](const fs::path& folder) {
        return std::ranges::count_if(images, [&](const data::Sample& image) {
            return fs::file_size(folder / image.path, error) == image.bytes;
        });
    };
    if (gone == 0) return false;
    if (fs::equivalent(dataset->root, chosen, error)) return true;  // they may have other names there
    return static_cast<std::size_t>(gone) * 4 > images.size() || held(chosen) > held(dataset->root);
}
}  // namespace

TrainingController::TrainingController(Project& project, QObject* parent)
    : QObject(parent), m_history(new RunHistory(project, *this)) {
    m_timer.setInterval(kDeliverEveryMs);
    connect(&m_timer, &QTimer::timeout, this, &TrainingController::deliverEvents);
}

TrainingController::~TrainingController() {
    if (!m_worker) return;
    // The window closes only after finished(), so this is reached with a run only when the program is torn
    // down from outside; a QThread must not be destroyed while it runs.
    m_worker->disconnect(this);
    m_worker->control().stop();
    m_worker->wait();
}

void TrainingController::start(const settings::TrainConfig& config,
                               std::shared_ptr<const data::DatasetIndex> dataset) {
    if (isActive() || !dataset) return;
    launch([config, dataset = std::move(dataset)](
               const training::TrainObserver& observer,
               runtime::RunControl& control) { return training::train(config, *dataset, observer, control); },
           QString::fromStdString(config.runFolder));
}

void TrainingController::resumeRun(const QString& runFolder, const QString& dataFolder) {
    resumeIn(runFolder, dataFolder, liesElsewhere);
}

void TrainingController::resumeElsewhere(const QString& runFolder, const QString& dataFolder) {
    resumeIn(runFolder, dataFolder, [](const std::string&, const std::string&) { return true; });
}

void TrainingController::resumeIn(const QString& runFolder, const QString& dataFolder, IsMeant isMeant) {
    if (isActive()) return;
    launch(
        [folder = runFolder.toStdString(), dataFolder = dataFolder.toStdString(), isMeant](
            const training::TrainObserver& observer, runtime::RunControl& control) {
            training::ResumeOptions options;
            if (isMeant(folder, dataFolder)) options.dataFolder = dataFolder;
            return training::resumeRun(folder, observer, control, options);
        },
        runFolder);
}

void TrainingController::launch(Job job, const QString& runFolder) {
    m_runFolder = runFolder;
    m_endMessage = Message();
    m_atRest = false;
    m_worker = std::make_unique<TrainingWorker>(std::move(job));
    connect(m_worker.get(), &QThread::finished, this, &TrainingController::onWorkerFinished);
    m_worker->start();
    // Qt only warns where the system starts no thread.
    if (!m_worker->isRunning() && !m_worker->isFinished()) {
        m_worker.reset();
        TrainingResult result;
        result.outcome = training::RunEnded::Outcome::Failed;
        result.runFolder = m_runFolder;
        result.error =
            Error{ErrorCode::OutOfMemory,
                  GRAFT_TEXT("The system starts no more threads; close other programs and try again."),
                  {}};
        Q_EMIT finished(result);
        return;
    }
    m_timer.start();
    setState(State::Running);
}

void TrainingController::pause() {
    if (m_state != State::Running) return;
    m_worker->control().pause();
    setState(State::Paused);
}

void TrainingController::resume() {
    if (m_state != State::Paused) return;
    m_worker->control().resume();
    setState(State::Running);
}

void TrainingController::stop() {
    if (m_state != State::Running && m_state != State::Paused) return;
    m_worker->control().stop();
    setState(State::Stopping);
}

void TrainingController::deliverEvents() {
    const std::vector<training::TrainEvent> events = m_worker->mailbox().takeAll();
    if (events.empty()) return;
    const bool wasAtRest = m_atRest;
    for (const training::TrainEvent& event : events) {
        if (std::holds_alternative<training::Paused>(event)) m_atRest = true;
        if (std::holds_alternative<training::Resumed>(event)) m_atRest = false;
        if (const auto* ended = std::get_if<training::RunEnded>(&event)) {
            m_endMessage = ended->message;
        }
    }
    Q_EMIT eventsArrived(events);
    if (wasAtRest != m_atRest) Q_EMIT stateChanged();
}

void TrainingController::onWorkerFinished() {
    m_timer.stop();
    deliverEvents();

    TrainingResult result;
    result.runFolder = m_runFolder;
    result.message = m_endMessage;
    const Result<training::TrainReport>& report = m_worker->report();
    if (report) {
        result.report = *report;
        result.outcome =
            report->completed ? training::RunEnded::Outcome::Completed : training::RunEnded::Outcome::Stopped;
    } else if (report.error().code == ErrorCode::Cancelled) {
        result.outcome = training::RunEnded::Outcome::Stopped;
    } else {
        result.outcome = training::RunEnded::Outcome::Failed;
        result.error = report.error();
    }
    // finished() is this object's own signal: it is deleted once control is back in the event loop.
    m_worker.release()->deleteLater();
    m_atRest = false;
    setState(State::Idle);
    Q_EMIT finished(result);
}

void TrainingController::setState(State state) {
    if (m_state == state) return;
    m_state = state;
    Q_EMIT stateChanged();
}

}  // namespace graft::ui
