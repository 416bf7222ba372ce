// SPDX-License-Identifier: GPL-3.0-or-later
// What a run starts from, by its backbone and its weights.
#pragma once

#include <string>

#include "core/base/Result.h"
#include "core/settings/TrainConfig.h"

namespace graft::training {

// The backbone of a run (its folder) or of a model with its .json beside it; empty for other weights.
std::string backboneOf(const std::string& weightsFile);

// The defaults for a backbone with these weights ("" for random ones): preprocessing from the catalogue, or,
// where they are a run's or another model's with its .json beside it, preprocessing and head from there;
// everything frozen but the head when there are weights, everything trained when there are none.
// Errors: NotFound (unknown backbone), BadFormat (the .json is damaged, or another model's).
Result<settings::TrainConfig> defaultConfig(const std::string& backbone, const std::string& weightsFile);

}  // namespace graft::training
