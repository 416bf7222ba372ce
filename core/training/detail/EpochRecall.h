// SPDX-License-Identifier: GPL-3.0-or-later
// The recall of each class stands in metrics.jsonl alone: a number for each class and epoch is too much for
// the header of a checkpoint's file, where the other figures are.
#pragma once

#include <vector>

#include "core/training/TrainEvents.h"
#include "core/training/detail/RunWriter.h"

namespace graft::training {

// Gives the epochs of a run that goes on their recall back. Where metrics.jsonl is gone, or of other epochs,
// they have none: nothing rests on it but a plot.
void takeRecall(const RunPaths& paths, std::vector<EpochDone>& history);

}  // namespace graft::training
