// SPDX-License-Identifier: GPL-3.0-or-later
// Which learning rate suits a run, found by training its first batches at rates that rise (see
// LearningRateFinder.h). One blocking call, as train(), for a thread of your own:
//     Result<FoundRate> found = findLearningRate(config, dataset, observer, control);
//     if (found && found->valley) config.optimizer.learningRate = twoDigits(*found->valley);
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <variant>
#include <vector>

#include "core/backbones/ModelSummary.h"
#include "core/base/Result.h"
#include "core/data/DatasetIndex.h"
#include "core/runtime/RunControl.h"
#include "core/settings/TrainConfig.h"
#include "core/training/LearningRateFinder.h"
#include "core/training/TrainEvents.h"

namespace graft::training {

// A step was made; point is the newest of the curve.
struct RateStep {
    std::size_t step = 1;   // from 1
    std::size_t steps = 0;  // at most
    RateAndLoss point;
};
using RateEvent = std::variant<CacheState, Notice, RateStep>;
// Called from the calling thread, in order; must not block for long.
using RateObserver = std::function<void(const RateEvent&)>;

struct FoundRate {
    std::vector<RateAndLoss> curve;  // the loss as it is smoothed
    std::optional<double> valley;    // the suggestion; none: the loss falls nowhere
    std::optional<double> steepest;
    bool diverged = false;  // as it should in the end; else the rates ended first
    bool stopped = false;   // on request, before its end
};

// Whether there is a learning rate to look for, which no image has to be asked for: at once. units: of the
// config's backbone, in the order of the forward pass. Errors: InvalidArgument with the setting's key (the
// first phase's optimizer is lbfgs, which has none; that phase sets its own, which no other changes), and
// those of settings::phasesOf().
Result<void> checkHasRate(const settings::TrainConfig& config,
                          const std::vector<backbones::UnitSummary>& units);

// Trains the run's first phase as train() would, with its frozen units, optimizer, loss, augmentation and
// batches, from the starting weights, but for the learning rate, which is the sweep's, one for each step. The
// network is its own and is gone in the end; nothing is written but the feature cache. A stop through control
// is an outcome, not an error. With the same config on a CPU the curve is the same bit for bit.
// Errors: those of checkHasRate(), before anything is read; InvalidArgument (fewer training images than one
// step takes) and those of train() that are not about the run's folder. Cancelled: stopped while the images
// were still looked for.
Result<FoundRate> findLearningRate(const settings::TrainConfig& config, const data::DatasetIndex& dataset,
                                   const RateObserver& observer, runtime::RunControl& control,
                                   const RateSweep& sweep = {});

}  // namespace graft::training
