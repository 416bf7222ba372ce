// SPDX-License-Identifier: GPL-3.0-or-later
// The learning rate of each unit, as a factor on the head's (Howard, Ruder 2018: discriminative fine-tuning;
// Bao et al. 2021: BEiT): optimizer.layer_decay for the last unit, its square for the one before, and so on,
// frozen units counted.
#pragma once

#include <cstddef>

#include "core/settings/TrainConfig.h"

namespace graft::settings {

// unitsAbove: how many units there are from it (counted) up to the head; 0 is the head itself, whose factor
// is 1.
double layerRateFactor(const TrainConfig& config, std::size_t unitsAbove);

}  // namespace graft::settings
