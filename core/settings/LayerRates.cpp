// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/settings/LayerRates.h"

#include <cmath>

namespace graft::settings {

double layerRateFactor(const TrainConfig& config, std::size_t unitsAbove) {
    return std::pow(config.optimizer.layerDecay, static_cast<double>(unitsAbove));
}

}  // namespace graft::settings
