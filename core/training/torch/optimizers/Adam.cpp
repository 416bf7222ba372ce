// SPDX-License-Identifier: GPL-3.0-or-later
// torch::optim::Adam, as torch.optim.Adam (Kingma, Ba: Adam: a method for stochastic optimization, 2014).
#include <torch/optim/adam.h>

#include "core/training/torch/AdamKind.h"

namespace graft::training::optimizers {

std::unique_ptr<Optimizer> adam(const std::vector<ParameterGroup>& groups,
                                const settings::TrainConfig& config) {
    using Kind = AdamKind<torch::optim::Adam, torch::optim::AdamOptions, torch::optim::AdamParamState>;
    return std::make_unique<TorchOptimizer<Kind>>(groups, Kind::optionsFrom(config.optimizer));
}

}  // namespace graft::training::optimizers
