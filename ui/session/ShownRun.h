// SPDX-License-Identifier: GPL-3.0-or-later
// What the Train page knows of the run that it shows, and how it says that: how far the run is, its best
// epoch, how it ended. It learns from the events of a run that is going on, or from a run's folder. No
// widgets.
#pragma once

#include <QCoreApplication>
#include <QString>
#include <QStringList>
#include <cstddef>
#include <optional>
#include <vector>

#include "core/settings/TrainConfig.h"
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
    bool isCompleted() const { return m_completed; }
    bool hasResults() const { return m_completed && m_hasModel; }
    // An error ended it, and it has not gone on since.
    bool hasFailed() const { return m_hasFailed; }
    QString whyFailed() const;  // as its folder says; empty: that does not
    bool isResumable() const { return m_resumable; }
    // Of a run that has not come to its end.
    QString whyNotResumable() const;
    bool isElsewhere() const { return m_isElsewhere; }  // another process trains in it
    // Its settings and what it is trained on; none while nobody has said.
    const std::optional<settings::TrainConfig>& config() const { return m_config; }
    void isOf(const settings::TrainConfig& config) { m_config = config; }
    // Where its images were to be found; they are not there any more. Empty: they are.
    const QString& lostImages() const { return m_lostImages; }
    int epochs() const { return m_epochs; }  // of the run in all, as far as they are known

    double progress() const { return m_progress; }  // 0..1
    QString position() const;                       // "epoch 2 of 10": the one that it is in
    QString bestText() const;                       // empty before the first epoch is over
    QString bestBasis() const;                      // what its figure rests on
    std::optional<double> valAccuracy() const;      // of the epoch whose model is kept, 0..1
    // One line; empty where there is nothing to say of a run.
    QString status(TrainingController::State state, bool isAtRest) const;
    // What a person should know of its images and weights, as sentences.
    QStringList notices() const;

  private:
    void handle(const training::RunStarted& event);
    void handle(const training::BatchDone& event);
    void handle(const training::HeadSolving& event);
    void handle(const training::EpochDone& event);
    void handle(const training::Notice& event);
    void handle(const training::CacheState& event) { m_usesCache = event.used; }
    bool hasEstimate() const;
    QString speedText() const;
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
    bool m_hasFailed = false;
    Message m_whyFailed;
    bool m_hasModel = false;
    bool m_resumable = false;
    bool m_isElsewhere = false;
    bool m_usesCache = false;  // kept features stand for images
    int m_epochsHere = 0;      // since it was begun or gone on with
    Message m_whyNotResumable;
    std::optional<training::BatchDone> m_lastBatch;
    std::optional<training::HeadSolving> m_solving;  // the last news was of this
    std::optional<training::EpochDone> m_best;
    std::optional<settings::TrainConfig> m_config;
    QString m_lostImages;
    settings::StoppingOptions m_stopping;  // what it is the best by
    double m_progress = 0;
    std::vector<Message> m_notices;  // on the weights, and on images that were missing; in no file
    std::optional<training::EpochDone> m_fewer;  // the last epoch that saw fewer images than there are
    Message m_ending;                            // a sentence about how it ended
};

}  // namespace graft::ui
