// SPDX-License-Identifier: GPL-3.0-or-later
// The run that the Train page shows, and what has been told of it so far. A page may go, and another be
// built, while the run goes on: it draws what is kept here. Belongs to the TrainingController and hears its
// signals before any page does. A run that has ended becomes the project's current one, unless a person
// looked at another meanwhile: then RunNews announces it.
#pragma once

#include <QObject>
#include <memory>
#include <optional>
#include <vector>

#include "core/base/Result.h"
#include "core/settings/TrainConfig.h"
#include "core/training/TrainEvents.h"
#include "ui/session/ShownRun.h"
#include "ui/session/TrainingController.h"

namespace graft::ui {

class Project;

class RunHistory : public QObject {
    Q_OBJECT

  public:
    RunHistory(Project& project, TrainingController& controller);

    const ShownRun& run() const { return m_run; }
    // What its curves are drawn from, in order: every epoch and phase, all of the epoch that is not over, and
    // the last answers.
    const std::vector<training::TrainEvent>& events() const { return m_events; }
    int epochsDone() const;  // that are among them
    // What the feature cache does for it; none before that is said.
    const std::optional<training::CacheState>& cache() const { return m_cache; }
    // Why it failed, or why it could not be opened; before that, why the next one could not begin.
    const std::optional<Error>& failure() const { return m_refusal ? m_refusal : m_failure; }

    void forget();                                  // none is shown
    void begin(const QString& folder, int epochs);  // it is about to start
    void begin(const settings::TrainConfig& config);
    void goOn();  // it is about to be continued
    // From its folder. anew: its epochs too, see ShownRun.
    void show(const OpenedRun& opened, bool anew);
    void fail(const Error& error) { m_failure = error; }
    void forgetCache() { m_cache.reset(); }

    // Whether a person chose to look at another run while this one trained.
    bool hasChosen() const { return m_hasChosen; }
    // The person looks at the current run's pages: where one trains, they stay with that run.
    void lookAtCurrent();

  private:
    void take(const std::vector<training::TrainEvent>& events);
    void keep(const training::TrainEvent& event);
    void finish(const TrainingResult& result);
    void tellRunning();
    void gatherEpochs();

    Project& m_project;
    TrainingController& m_controller;
    ShownRun m_run;
    std::vector<training::TrainEvent> m_events;
    std::shared_ptr<const std::vector<training::EpochDone>> m_epochs;  // of the events; null: to be gathered
    std::optional<training::CacheState> m_cache;
    std::optional<Error> m_failure;
    std::optional<Error> m_refusal;  // until something else is chosen
    bool m_hasChosen = false;
};

}  // namespace graft::ui
