// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/training/torch/Optimizers.h"

#include <map>
#include <stdexcept>

namespace graft::training {

namespace optimizers {
#define GRAFT_OPTIMIZER(name)                                                  \
    std::unique_ptr<Optimizer> name(const std::vector<ParameterGroup>& groups, \
                                    const settings::TrainConfig& config);
#include "core/settings/optimizers/Optimizers.inc"
#undef GRAFT_OPTIMIZER
}  // namespace optimizers

namespace {

std::map<std::string, MakeOptimizer>& optimizerMakers() {
    static std::map<std::string, MakeOptimizer> all{
#define GRAFT_OPTIMIZER(name) {#name, optimizers::name},
#include "core/settings/optimizers/Optimizers.inc"
#undef GRAFT_OPTIMIZER
    };
    return all;
}

}  // namespace

std::unique_ptr<Optimizer> makeOptimizer(const std::vector<ParameterGroup>& groups,
                                         const settings::TrainConfig& config) {
    const auto make = optimizerMakers().find(config.optimizer.kind);
    if (make == optimizerMakers().end())
        throw std::invalid_argument("There is no optimizer " + config.optimizer.kind + ".");
    return make->second(groups, config);
}

void addOptimizer(const std::string& name, MakeOptimizer make) {
    optimizerMakers()[name] = make;
}

}  // namespace graft::training
