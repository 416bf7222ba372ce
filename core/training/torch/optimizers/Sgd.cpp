// SPDX-License-Identifier: GPL-3.0-or-later
// torch::optim::SGD, as torch.optim.SGD: b = momentum * b + g, and w = w - rate * b.
#include <torch/optim/sgd.h>

#include "core/training/torch/Optimizers.h"
#include "core/training/torch/TorchOptimizer.h"

namespace graft::training::optimizers {

namespace {

struct SgdKind {
    using Torch = torch::optim::SGD;
    using Options = torch::optim::SGDOptions;
    using State = torch::optim::SGDParamState;
    static std::vector<TorchBuffer<State>> buffers() {
        return {{"momentum", [](const State& state) { return at::Tensor(state.momentum_buffer()); },
                 [](State& state, at::Tensor buffer) { state.momentum_buffer(std::move(buffer)); }, false}};
    }
    static void setMomentum(Options& options, double momentum) { options.momentum(momentum); }
};

}  // namespace

std::unique_ptr<Optimizer> sgd(const std::vector<ParameterGroup>& groups,
                               const settings::TrainConfig& config) {
    const settings::OptimizerOptions& options = config.optimizer;
    return std::make_unique<TorchOptimizer<SgdKind>>(groups, torch::optim::SGDOptions(options.learningRate)
                                                                 .momentum(options.momentum)
                                                                 .nesterov(options.nesterov)
                                                                 .weight_decay(options.weightDecay));
}

}  // namespace graft::training::optimizers
