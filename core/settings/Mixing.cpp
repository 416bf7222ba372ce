// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/settings/Mixing.h"

#include <algorithm>

#include "core/data/AugmentOptions.h"
#include "core/settings/Settings.h"

namespace graft::settings {

bool mixesImages(const TrainConfig& config) {
    return std::ranges::any_of(all(), [&](const Setting& setting) {
        return setting.mixesImages && applies(setting, config) &&
               setting.whenAbsent != setting.field.get(config);
    });
}

bool mayKeepFeatures(const TrainConfig& config) {
    return config.cache.variants > 0 && data::mayBeKept(config.augment) && !mixesImages(config);
}

}  // namespace graft::settings
