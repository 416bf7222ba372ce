// SPDX-License-Identifier: GPL-3.0-or-later
// Which augmentation helps a head on frozen features, cross-validated: it learns from random variants of the
// training images, and is asked about others as they are.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "core/base/Result.h"
#include "core/comparing/Comparison.h"
#include "core/data/DatasetIndex.h"
#include "core/runtime/RunControl.h"

namespace graft::comparing {

struct AugmentationTried {
    std::string preset;  // of settings::augmentationPresets()
    double accuracy = 0;
    double logLoss = 0;
};

// "none" first; then those that may help any kind of image, while secondsLeft() has room for one more, by
// what the features take. None: there was no time, or an image was gone. Empty: stopped. Errors: those of
// compareBackbones().
Result<std::optional<std::vector<AugmentationTried>>> tryAugmentations(
    const Entrant& whole, const CompareConfig& config, const data::DatasetIndex& dataset,
    const std::function<double()>& secondsLeft, runtime::RunControl& control);

}  // namespace graft::comparing
