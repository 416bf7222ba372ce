// SPDX-License-Identifier: GPL-3.0-or-later
// Starts, pauses, continues and stops a training run and tells the window how it goes. Lives in the GUI
// thread; nothing here waits. At most one run at a time.
//
//     connect(&controller, &TrainingController::eventsArrived, page, &Page::showEvents);
//     controller.start(config, dataset);
#pragma once

#include <QObject>
#include <QString>
#include <QTimer>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "core/base/Result.h"
#include "core/data/DatasetIndex.h"
#include "core/settings/TrainConfig.h"
#include "core/training/TrainEvents.h"
#include "core/training/Trainer.h"

namespace graft::ui {

class Project;
class RunHistory;
class TrainingWorker;

// How a run ended.
struct TrainingResult {
    training::RunEnded::Outcome outcome = training::RunEnded::Outcome::Completed;
    QString runFolder;
    Message message;             // why it ended before its last epoch; empty otherwise
    std::optional<Error> error;  // where the outcome is Failed
    training::TrainReport report;
};

class TrainingController : public QObject {
    Q_OBJECT

  public:
    enum class State { Idle, Running, Paused, Stopping };
    Q_ENUM(State)

    // A run that has ended becomes the project's current one: see RunHistory. The project outlives it.
    explicit TrainingController(Project& project, QObject* parent = nullptr);
    ~TrainingController() override;

    // Both do nothing while a run is going on.
    void start(const settings::TrainConfig& config, std::shared_ptr<const data::DatasetIndex> dataset);
    // dataFolder: where the run's images may lie, if they are gone from their own folder; may be empty.
    void resumeRun(const QString& runFolder, const QString& dataFolder);
    // dataFolder: where the run's images lie, as a person says.
    void resumeElsewhere(const QString& runFolder, const QString& dataFolder);

    // A pause or a stop takes effect after the batch in hand.
    void pause();
    void resume();
    void stop();

    State state() const { return m_state; }
    bool isActive() const { return m_state != State::Idle; }
    // Whether a pause has taken effect.
    bool isAtRest() const { return m_atRest; }
    // The folder of the run that is going on, or of the last one.
    QString runFolder() const { return m_runFolder; }
    // What has been told so far, for a page that is built while a run goes on.
    RunHistory& history() const { return *m_history; }

  Q_SIGNALS:
    void stateChanged();
    // In order, none left out; at most every 33 ms.
    void eventsArrived(const std::vector<graft::training::TrainEvent>& events);
    // The thread has ended, or could not be started, and the state is Idle again.
    void finished(const graft::ui::TrainingResult& result);

  private:
    using Job =
        std::function<Result<training::TrainReport>(const training::TrainObserver&, runtime::RunControl&)>;
    // Whether the run's images are to be looked for in the folder; asked on the run's thread.
    using IsMeant = bool (*)(const std::string& runFolder, const std::string& dataFolder);
    void resumeIn(const QString& runFolder, const QString& dataFolder, IsMeant isMeant);
    void launch(Job job, const QString& runFolder);
    void deliverEvents();
    void onWorkerFinished();
    void setState(State state);

    RunHistory* m_history;
    std::unique_ptr<TrainingWorker> m_worker;
    QTimer m_timer;
    State m_state = State::Idle;
    bool m_atRest = false;
    QString m_runFolder;
    Message m_endMessage;
};

}  // namespace graft::ui

Q_DECLARE_METATYPE(graft::ui::TrainingResult)
