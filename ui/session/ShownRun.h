// SPDX-License-Identifier: GPL-3.0-or-later
// What the Train page knows of the run that it shows, and how it says that: how far the run is, its best
// epoch, how it ended. It learns from the events of a run that is going on, or from a run's folder. No
// widgets.
#pragma once

#include <QCoreApplication>
#include <QString>
#include <cstddef>
#include <optional>
#include <vector>

#include "core/training/TrainEvents.h"
#include "ui/session/TrainingController.h"

namespace graft::ui {

struct OpenedRun;

class ShownRun {
    Q_DECLARE_TR_FUNCTIONS(graft::ui::ShownRun)

  public:
    ShownRun() = default;                         // none
    ShownRun(const QString& folder, int epochs);  // one that is about to start

    void take(const training::TrainEvent& event);
    void take(const TrainingResult& result);
    // anew: its epochs too; without, those stay that its events told. What was said of its ending, and of
    // images that were missing, stays either way: no file holds it.
    void take(const OpenedRun& opened, bool anew);
    // It is about to be continued.
    void goOn();

    const QString& folder() const { return m_folder; }  // empty: none is shown
    bool isIn(const QString& folder) const;
    bool hasBegun() const { return m_hasBegun; }  // its folder is there
    bool hasResults() const { return m_completed && m_hasModel; }
    bool isResumable() const { return m_resumable; }
    // Of a run that has not come to its end.
    QString whyNotResumable() const;
    bool isElsewhere() const { return m_isElsewhere; }  // another process trains in it
    int epochs() const { return m_epochs; }             // of the run in all, as far as they are known

    double progress() const { return m_progress; }  // 0..1
    QString bestText() const;                       // empty before the first epoch is over
    QString bestBasis() const;                      // what its figure rests on
    // One line; empty where there is nothing to say of a run.
    QString status(TrainingController::State state, bool isAtRest) const;

  private:
    void handle(const training::RunStarted& event);
    void handle(const training::BatchDone& event);
    void handle(const training::HeadSolving& event);
    void handle(const training::EpochDone& event);
    void handle(const training::Notice& event);
    QString notices() const;
    QString fewerText() const;
    QString solvingText() const;
    QString statusWhenIdle() const;
    QString figureText() const;

    QString m_folder;
    int m_epochs = 0;
    int m_epochsDone = 0;
    std::size_t m_trainImages = 0;  // of its data set; 0 is unknown
    std::size_t m_validationImages = 0;
    bool m_hasBegun = false;
    bool m_completed = false;
    bool m_hasModel = false;
    bool m_resumable = false;
    bool m_isElsewhere = false;
    Message m_whyNotResumable;
    std::optional<training::BatchDone> m_lastBatch;
    std::optional<training::HeadSolving> m_solving;  // the last news was of this
    std::optional<training::EpochDone> m_best;
    settings::StoppingOptions m_stopping;  // what it is the best by
    double m_progress = 0;
    std::vector<Message> m_notices;  // on the weights, and on images that were missing; in no file
    std::optional<training::EpochDone> m_fewer;  // the last epoch that saw fewer images than there are
    Message m_ending;                            // a sentence about how it ended
};

}  // namespace graft::ui
