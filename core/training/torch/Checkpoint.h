// SPDX-License-Identifier: GPL-3.0-or-later
// The complete state of a run between two batches: RUN/checkpoint/state.safetensors, replaced
// atomically, and RUN/checkpoint/frozen.safetensors, written once, with what training never changes.
#pragma once

#include <torch/optim/optimizer.h>

#include <string>

#include "core/backbones/torch/Network.h"
#include "core/base/Result.h"
#include "core/settings/TrainConfig.h"
#include "core/training/detail/RunProgress.h"
#include "core/training/detail/RunWriter.h"

namespace graft::training {

// Errors: Unwritable.
Result<void> saveFrozen(const std::string& file, const backbones::Network& network);

// A copy of what state.safetensors holds.
weights::StateDict stateDict(const backbones::Network& network, torch::optim::Optimizer& optimizer,
                             settings::OptimizerKind kind, const RunProgress& progress);

// How far the checkpoint is, without its tensors. Errors: BadFormat, Unreadable.
Result<RunProgress> readProgress(const RunPaths& paths);

// Errors: BadFormat, Unreadable.
Result<RunProgress> loadCheckpoint(const RunPaths& paths, backbones::Network& network,
                                   torch::optim::Optimizer& optimizer, settings::OptimizerKind kind);

}  // namespace graft::training
