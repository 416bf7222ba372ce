// SPDX-License-Identifier: GPL-3.0-or-later
// Training images that are mixed with others, in pairs by core/training/torch/Mixing.h.
#pragma once

#include "core/settings/TrainConfig.h"

namespace graft::settings {

// Parameters of Beta(a, a); 0: not done.
inline constexpr const char* kMixup = "mixing.mixup";
inline constexpr const char* kCutMix = "mixing.cutmix";

// Whether any setting that mixes images (Setting::mixesImages) is on. Then features stand for no image, and
// none are kept.
bool mixesImages(const TrainConfig& config);

// Whether these settings let the features of a frozen prefix be computed once and kept, where there is one.
bool mayKeepFeatures(const TrainConfig& config);

}  // namespace graft::settings
