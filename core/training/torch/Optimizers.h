// SPDX-License-Identifier: GPL-3.0-or-later
// torch::optim's optimizers, and their state as plain tensors for the checkpoint.
#pragma once

#include <torch/optim/optimizer.h>

#include <memory>
#include <string>
#include <vector>

#include "core/base/Result.h"
#include "core/settings/TrainConfig.h"
#include "core/weights/StateDict.h"

namespace graft::training {

std::unique_ptr<torch::optim::Optimizer> makeOptimizer(std::vector<at::Tensor> parameters,
                                                       const settings::OptimizerOptions& options);
void setLearningRate(torch::optim::Optimizer& optimizer, double learningRate);

// Adds "optimizer.INDEX.BUFFER" for every parameter that has state.
void saveState(torch::optim::Optimizer& optimizer, settings::OptimizerKind kind, weights::StateDict& dict);

// Errors: BadFormat, if a buffer is missing or has another shape than its parameter.
Result<void> loadState(torch::optim::Optimizer& optimizer, settings::OptimizerKind kind,
                       const weights::StateDict& dict);

}  // namespace graft::training
