// SPDX-License-Identifier: GPL-3.0-or-later
// Which learning rate and which weight decay the optimizer has for each parameter.
#pragma once

#include <vector>

#include "core/backbones/torch/Network.h"
#include "core/settings/TrainConfig.h"
#include "core/training/torch/Optimizer.h"

namespace graft::training {

// What is trained of the network, each parameter in one group, in the order in which the network has them
// within it, with the factors of settings::layerRateFactor().
// Without optimizer.decay_norms the weight decay leaves out norms, biases, and what timm's models except in
// no_weight_decay(): position embeddings, tokens and scales.
std::vector<ParameterGroup> parameterGroups(const backbones::Network& network,
                                            const settings::TrainConfig& config);

}  // namespace graft::training
