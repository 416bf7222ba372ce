// SPDX-License-Identifier: GPL-3.0-or-later
// Ranks the backbones whose weights are on this machine by how well their frozen features tell a person's
// classes apart. One blocking call, for a thread of your own:
//     Result<Comparison> found = compareBackbones(config, dataset, observer, control);
//     if (found) take(found->ranking.front().entrant);
#pragma once

#include "core/base/Result.h"
#include "core/comparing/Comparison.h"
#include "core/data/DatasetIndex.h"
#include "core/runtime/RunControl.h"

namespace graft::comparing {

// The images are the training images alone, as centre crops in each weights' own preprocessing: what
// validates a model later, or tests it, is not looked at, so that its figure stays honest. Nothing is written
// but the feature cache. A stop through control is an outcome where at least one entrant is done. What does
// not fit the budget, the machine or its weight file is left out and named, and the rest goes on. With the
// same config on a CPU the scores are the same, but for the seconds, and but for what a budget cuts. Errors:
// InvalidArgument (config; no more than one class has images for two folds), NotFound (an unknown backbone;
// none whose weights are here, saying how to get some), Unreadable (more images are gone than a run may
// lose), Cancelled (stopped before anything was done), OutOfMemory, DeviceUnavailable.
Result<Comparison> compareBackbones(const CompareConfig& config, const data::DatasetIndex& dataset,
                                    const CompareObserver& observer, runtime::RunControl& control);

}  // namespace graft::comparing
