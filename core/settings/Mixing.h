// SPDX-License-Identifier: GPL-3.0-or-later
// Training images that are mixed in pairs (core/training/torch/Mixing.h).
#pragma once

#include "core/settings/Field.h"
#include "core/settings/HeadSolving.h"

namespace graft::settings {

// Parameters of Beta(a, a); 0: not done.
inline constexpr const char* kMixup = "mixing.mixup";
inline constexpr const char* kCutMix = "mixing.cutmix";

// Then features stand for no image, and none are kept.
inline bool mixesImages(const TrainConfig& config) {
    return !solvesHead(config) && (ownValue(config, kMixup, 0.0) > 0 || ownValue(config, kCutMix, 0.0) > 0);
}

}  // namespace graft::settings
