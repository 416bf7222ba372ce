// SPDX-License-Identifier: GPL-3.0-or-later
// The optimizers by name: those of core/settings/optimizers/Optimizers.inc, each made by the file of its name
// in optimizers/.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "core/settings/TrainConfig.h"
#include "core/training/torch/Optimizer.h"

namespace graft::training {

// With config.optimizer, and what it has of its own in config.own.
using MakeOptimizer = std::unique_ptr<Optimizer> (*)(const std::vector<ParameterGroup>& groups,
                                                     const settings::TrainConfig& config);

// config.optimizer.kind, over parameters that a gradient can reach. The config is valid.
std::unique_ptr<Optimizer> makeOptimizer(const std::vector<ParameterGroup>& groups,
                                         const settings::TrainConfig& config);

// One more, for whoever brings his own; its settings::Method is added to "optimizer.kind" under the same
// name. Before the first run.
void addOptimizer(const std::string& name, MakeOptimizer make);

// A setting of which 0 stands for the optimizer's own.
inline double orItsOwn(double setting, double own) {
    return setting > 0 ? setting : own;
}

}  // namespace graft::training
