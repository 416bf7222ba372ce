// SPDX-License-Identifier: GPL-3.0-or-later
// Augmentations that go well together, by what is on the pictures.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "core/settings/TrainConfig.h"

namespace graft::settings {

struct AugmentationPreset {
    std::string name;   // on the command line: "photo"
    std::string label;  // in the window: "Photos"
    std::string help;   // for what, without a full stop
    // By key: "augment.rotation". Every other augmentation is off.
    std::vector<std::pair<std::string, Value>> values;
};

const std::vector<AugmentationPreset>& augmentationPresets();  // from the weakest to the strongest
const AugmentationPreset* findAugmentationPreset(const std::string& name);  // null for what is none

// Sets all augmentations and nothing else.
void apply(const AugmentationPreset& preset, TrainConfig& config);

// The one whose images the configuration's are; null where a person has mixed his own.
const AugmentationPreset* presetOf(const TrainConfig& config);

}  // namespace graft::settings
