// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/backbones/Outputs.h"
#include "core/settings/TrainConfig.h"

namespace graft::training {

// What the head's numbers mean with config.loss, and so how many there are: with binary cross-entropy it is
// one for two classes. Loads the engine: not for a GUI thread.
backbones::Outputs outputsOf(const settings::TrainConfig& config);

}  // namespace graft::training
