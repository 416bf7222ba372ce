// SPDX-License-Identifier: GPL-3.0-or-later
// The complete state of a run between two batches: RUN/checkpoint/state.safetensors, replaced
// atomically, and RUN/checkpoint/frozen.safetensors, written once, with what training never changes.
#pragma once

#include <torch/optim/optimizer.h>

#include <string>
#include <vector>

#include "core/backbones/detail/Network.h"
#include "core/base/Result.h"
#include "core/training/TrainConfig.h"
#include "core/training/TrainEvents.h"
#include "core/training/detail/GradScaler.h"

namespace graft::training {

struct RunProgress {
    int epoch = 1;                // being trained
    std::size_t batchesDone = 0;  // of this epoch; all of them: only its validation is missing
    double lossSum = 0;           // over this epoch's images so far
    std::size_t correct = 0;
    std::size_t images = 0;
    double epochSeconds = 0;  // spent on this epoch before
    int bestEpoch = 0;
    double bestAccuracy = 0;
    double bestLoss = 0;
    LossScale lossScale;  // of float16's gradients
    std::vector<EpochDone> history;
};

// Errors: Unwritable.
Result<void> saveFrozen(const std::string& folder, const backbones::Network& network);
Result<void> saveCheckpoint(const std::string& folder, const backbones::Network& network,
                            torch::optim::Optimizer& optimizer, OptimizerKind kind,
                            const RunProgress& progress);

// Errors: NotFound, BadFormat.
Result<RunProgress> loadCheckpoint(const std::string& folder, backbones::Network& network,
                                   torch::optim::Optimizer& optimizer, OptimizerKind kind);

// Marks the run as come to its end: nothing to resume.
Result<void> markCompleted(const std::string& folder);

}  // namespace graft::training
