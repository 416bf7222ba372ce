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
#include "core/training/detail/RunWriter.h"

namespace graft::training {

struct RunProgress {
    int epoch = 1;                // being trained
    std::size_t batchesDone = 0;  // of this epoch; all of them: only its validation is missing
    double lossSum = 0;           // over this epoch's images so far
    std::size_t correct = 0;
    std::size_t images = 0;
    double epochSeconds = 0;        // spent on this epoch before
    LossScale lossScale;            // of float16's gradients
    double trainSeconds = 0;        // of this epoch's training so far
    std::vector<std::size_t> lost;  // samples of this epoch that could not be read
    std::vector<EpochDone> history;
};

// Errors: Unwritable.
Result<void> saveFrozen(const std::string& file, const backbones::Network& network);

// A copy of what state.safetensors holds.
weights::StateDict stateDict(const backbones::Network& network, torch::optim::Optimizer& optimizer,
                             OptimizerKind kind, const RunProgress& progress);

// Errors: BadFormat, Unreadable.
Result<RunProgress> loadCheckpoint(const RunPaths& paths, backbones::Network& network,
                                   torch::optim::Optimizer& optimizer, OptimizerKind kind);

}  // namespace graft::training
