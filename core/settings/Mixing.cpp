// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/settings/Mixing.h"

#include <algorithm>

#include "core/settings/Settings.h"

namespace graft::settings {

bool mixesImages(const TrainConfig& config) {
    return std::ranges::any_of(all(), [&](const Setting& setting) {
        return setting.mixesImages && applies(setting, config) &&
               setting.whenAbsent != setting.field.get(config);
    });
}

}  // namespace graft::settings
