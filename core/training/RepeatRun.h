// SPDX-License-Identifier: GPL-3.0-or-later
// An earlier run as the start of a new one. Three ways:
//     again:         train() with configLike(RUN)->config and another run folder
//     with changes:  the same with other values in the config
//     its model on:  defaultConfig(backboneOf(RUN), RUN), or RUN as weightsFile in the config of configLike()
#pragma once

#include <string>
#include <vector>

#include "core/base/Result.h"
#include "core/settings/TrainConfig.h"

namespace graft::training {

struct LikeRun {
    // All settings of the run; its data set, backbone, starting weights and frozen units. Without its run
    // folder, and without the changes of plan that it went through: all its epochs are planned from the
    // first.
    settings::TrainConfig config;
    bool hasWeights = true;        // the weights are there, or are random ones
    std::vector<Message> notices;  // where it will not be a repetition, and why
};

// With the same images, weights, device and number of threads training this gives the run's numbers again,
// bit for bit on a CPU. Weights that lie elsewhere on this machine now (the run was moved here, or the run
// whose model they are has another name) are found by their content. Reads the weights file once, for its
// hash: not for a GUI thread. withWeights: false where others are taken; they are not looked for then, and
// nothing is said of them. Errors: openRun()'s.
Result<LikeRun> configLike(const std::string& runFolder, bool withWeights = true);

}  // namespace graft::training
