// SPDX-License-Identifier: GPL-3.0-or-later
// What the whole window tells of a training: the run that is going on, and the one that has ended while
// another was looked at. RunHistory writes it. What is chosen is the Project's, what is running the
// TrainingController's, and what is looked at is Project::currentRun(), which only a person changes away from
// a run.
#pragma once

#include <QObject>
#include <QString>
#include <memory>
#include <optional>
#include <vector>

#include "core/settings/TrainConfig.h"
#include "core/training/TrainEvents.h"
#include "ui/session/TrainingController.h"

namespace graft::ui {

class Project;

struct RunningRun {
    QString folder;
    bool hasBegun = false;  // its folder is there
    std::optional<settings::TrainConfig> config;
    TrainingController::State state = TrainingController::State::Running;
    bool isAtRest = false;              // a pause has taken effect
    QString position;                   // "epoch 3 of 10"
    double progress = 0;                // 0..1
    std::optional<double> valAccuracy;  // of the epoch whose model is kept, 0..1
    QString best;                       // the same as a sentence, with what it rests on
    // Those that are over, as they were told: the disk has them a little later. Another list with each of
    // them; null: none was told.
    std::shared_ptr<const std::vector<training::EpochDone>> epochs;
};

struct EndedRun {
    QString folder;
    training::RunEnded::Outcome outcome = training::RunEnded::Outcome::Completed;
};

class RunNews : public QObject {
    Q_OBJECT

  public:
    explicit RunNews(Project& project);

    const std::optional<RunningRun>& running() const { return m_running; }
    void tellRunning(std::optional<RunningRun> run);

    // Until it is looked at, goes on, or another one has ended.
    const std::optional<EndedRun>& ended() const { return m_ended; }
    void tellEnded(const EndedRun& run);
    void forgetEnded();
    // The person wants to see it.
    void showEnded();

  signals:
    void runningChanged();
    void endedChanged();

  private:
    void considerLook();

    Project& m_project;
    std::optional<RunningRun> m_running;
    std::optional<EndedRun> m_ended;
};

}  // namespace graft::ui
