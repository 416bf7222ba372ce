// SPDX-License-Identifier: GPL-3.0-or-later
// The complete state of a run between two batches: RUN/checkpoint/state.safetensors, replaced
// atomically, and RUN/checkpoint/frozen.safetensors, written once, with what training never changes:
// untouched, the units that no phase of the run trains.
#pragma once

#include <string>

#include "core/backbones/torch/Network.h"
#include "core/base/Result.h"
#include "core/training/detail/CheckpointSeal.h"
#include "core/training/detail/RunProgress.h"
#include "core/training/detail/RunWriter.h"
#include "core/training/torch/PhaseTrainer.h"

namespace graft::training {

// The digest of what was written, for the seal of every state. Errors: Unwritable.
Result<std::string> saveFrozen(const std::string& file, const backbones::Network& network,
                               const backbones::FreezePlan& untouched);

// A copy of what state.safetensors holds, not sealed yet.
weights::StateDict stateDict(const backbones::Network& network, const backbones::FreezePlan& untouched,
                             const PhaseTrainer& trainer, const RunProgress& progress);

// How far the checkpoint is, without its tensors. Errors: BadFormat, Unreadable.
Result<RunProgress> readProgress(const RunPaths& paths);

// What it says of itself, with the digest of the frozen tensors where an older version wrote none. Whether
// that is true is for checkSeal(). Errors: BadFormat, Unreadable.
Result<CheckpointSeal> loadCheckpoint(const RunPaths& paths, backbones::Network& network,
                                      PhaseTrainer& trainer);

}  // namespace graft::training
