// SPDX-License-Identifier: GPL-3.0-or-later
// torch::optim::AdamW, as torch.optim.AdamW (Loshchilov, Hutter: Decoupled weight decay regularization,
// 2017).
#include <torch/optim/adamw.h>

#include "core/training/torch/AdamKind.h"

namespace graft::training::optimizers {

std::unique_ptr<Optimizer> adamw(const std::vector<ParameterGroup>& groups,
                                 const settings::TrainConfig& config) {
    using Kind = AdamKind<torch::optim::AdamW, torch::optim::AdamWOptions, torch::optim::AdamWParamState>;
    return std::make_unique<TorchOptimizer<Kind>>(groups, Kind::optionsFrom(config.optimizer));
}

}  // namespace graft::training::optimizers
