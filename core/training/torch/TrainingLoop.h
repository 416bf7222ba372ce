// SPDX-License-Identifier: GPL-3.0-or-later
// Phases, epochs, batches, validation, checkpoints: what train() and resumeRun() share.
#pragma once

#include <ATen/core/Generator.h>

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/backbones/torch/Network.h"
#include "core/data/DatasetIndex.h"
#include "core/training/FindLearningRate.h"
#include "core/training/Trainer.h"
#include "core/training/detail/Decisions.h"
#include "core/training/detail/RunImages.h"
#include "core/training/detail/ShownImages.h"
#include "core/training/torch/RunDevice.h"
#include "core/training/torch/RunPhase.h"
#include "core/training/torch/RunRecorder.h"
#include "core/training/torch/Validation.h"

namespace graft::training {

class TrainingLoop {
  public:
    TrainingLoop(const settings::TrainConfig& config, const data::DatasetIndex& dataset,
                 const TrainObserver& observer, runtime::RunControl& control);

    // What is known of a run that goes on.
    struct Past {
        std::optional<Decisions> decided;
        std::optional<DataState> images;  // empty: to be looked for
        bool isMoved = false;             // they lay elsewhere before
    };
    // Builds network and optimizer. past: null for a new run. Errors: train()'s.
    Result<void> prepare(const Past* past = nullptr);
    Result<void> startRun();                        // makes the run folder
    Result<void> goOn(RunRecorder recorder);        // or takes one that is there: from its checkpoint ...
    Result<void> beginAgain(RunRecorder recorder);  // ... or from the start, where it has none
    Result<TrainReport> run();
    // Writes into the run that this ended it, where it is one already and the folder is still its own.
    void noteFailure(const Error& error) const;
    // Instead of all of these: no run, but the first phase's batches at rising learning rates (see
    // FindLearningRate.h). Writes nothing but features.
    Result<FoundRate> sweep(const RateSweep& rates, const RateObserver& observer);

  private:
    enum class Flow { Continue, Stop };
    using Clock = std::chrono::steady_clock;

    static double secondsSince(Clock::time_point start);
    std::string processorName() const;  // of what calculates
    void noteOtherMachine();            // than the run was begun on
    Result<void> planPhases();
    Result<void> chooseLoss();
    void enterPhase();          // that of the next epoch
    Result<void> beginPhase();  // looks for its features
    void tellCacheFailure();
    Result<void> loadWeights();
    Result<void> noteLearntBefore();
    Result<void> begin();
    void toDevice();  // the network
    void tellNotices();
    Result<Flow> trainEpoch();
    Result<Flow> solveEpoch();  // at once, where the head is solved
    Result<Flow> validateEpoch();
    Result<void> beginSweep();
    // One epoch's steps, or those that are left; tell: the curve has a new point.
    Result<Flow> sweepEpoch(LearningRateFinder& finder, ImageLoss& lost, const std::function<void()>& tell);
    // The images of a batch that can no longer be read, each once.
    void noteUnread(const data::Batch& batch, const std::vector<FeatureJob>& jobs, ImageLoss& loss);
    static std::vector<data::LoadJob> loadsOf(const data::Batch& batch, const std::vector<FeatureJob>& jobs);
    Result<void> finishEpoch(evaluation::Evaluation evaluation);
    void noteLearnt(evaluation::Evaluation& evaluation) const;
    Result<void> checkpoint();
    void keepRemembered();
    Result<void> writeList();
    Result<void> writeChangedList();
    bool goesOn();  // false: stop was requested
    bool shouldStopEarly() const;
    void takeTime();  // that has passed into m_progress

    settings::TrainConfig m_config;
    RunImages m_images;
    ShownImages m_shown;
    std::vector<Message> m_notices;  // to be told when the run has begun
    const TrainObserver& m_observer;
    runtime::RunControl& m_control;
    Decisions m_decisions;
    bool m_decided = false;  // by the run's own start
    std::optional<RunRecorder> m_recorder;
    at::Generator m_random;              // the run's own: what the window does beside it draws from another
    std::vector<Message> m_weightNotes;  // of a run that begins
    RunDevice m_device;
    std::unique_ptr<backbones::Network> m_network;
    std::unique_ptr<Loss> m_loss;
    std::vector<settings::Phase> m_phases;
    std::unique_ptr<RunPhase> m_phase;
    Validation m_validation;  // its images are those of m_images.validation()
    std::size_t m_batchesPerEpoch = 0;
    RunProgress m_progress;
    Clock::time_point m_lastRead;

    Clock::time_point m_runStart;
    Clock::time_point m_timeTaken;  // until when, see takeTime()
    Clock::time_point m_lastCheckpoint;
};

}  // namespace graft::training
