// SPDX-License-Identifier: GPL-3.0-or-later
// Epochs, batches, validation, checkpoints: what train() and resumeRun() share.
#pragma once

#include <c10/core/Device.h>
#include <torch/optim/optimizer.h>

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "core/backbones/detail/Network.h"
#include "core/data/DatasetIndex.h"
#include "core/data/detail/BatchLoader.h"
#include "core/runtime/Device.h"
#include "core/training/Trainer.h"
#include "core/training/detail/Checkpoint.h"
#include "core/training/detail/EvaluateNetwork.h"
#include "core/training/detail/RunWriter.h"

namespace graft::training {

class TrainingLoop {
  public:
    TrainingLoop(const TrainConfig& config, const data::DatasetIndex& dataset, const TrainObserver& observer,
                 runtime::RunControl& control);

    // Builds network and optimizer. Errors: train()'s.
    Result<void> prepare();
    Result<void> startRun();   // writes the run folder
    Result<void> loadState();  // reads the checkpoint instead
    Result<TrainReport> run();

  private:
    enum class Flow { Continue, Stop };
    using Clock = std::chrono::steady_clock;

    Result<Flow> trainEpoch();
    Result<void> trainBatch(data::Batch& batch, std::int64_t step);
    Result<Flow> validateEpoch();
    Result<void> finishEpoch(evaluation::Evaluation evaluation);
    Result<void> keepBest(const evaluation::Evaluation& evaluation);
    Result<void> checkpoint();
    bool goesOn();  // false: stop was requested
    bool shouldStopEarly() const;
    std::vector<data::LoadJob> epochJobs(int epoch) const;
    double secondsLeft() const;
    double epochSecondsSoFar() const;

    TrainConfig m_config;
    const data::DatasetIndex& m_dataset;
    const TrainObserver& m_observer;
    runtime::RunControl& m_control;
    RunPaths m_paths;
    runtime::Device m_device;
    std::unique_ptr<backbones::Network> m_network;
    std::unique_ptr<torch::optim::Optimizer> m_optimizer;
    std::vector<std::size_t> m_trainIndices;
    EvaluationJob m_validation;
    std::size_t m_batchesPerEpoch = 0;
    RunProgress m_progress;

    Clock::time_point m_runStart;
    Clock::time_point m_epochStart;
    Clock::time_point m_lastCheckpoint;
    double m_trainSeconds = 0;  // measured in this call, for the estimate of the time left
    std::size_t m_trainBatches = 0;
    double m_validationSeconds = 0;
    std::size_t m_validationBatches = 0;
    double m_imagesPerSecond = 0;  // of this epoch's training so far
    double m_learningRate = 0;
};

}  // namespace graft::training
