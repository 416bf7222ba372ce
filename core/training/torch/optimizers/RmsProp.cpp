// SPDX-License-Identifier: GPL-3.0-or-later
// torch::optim::RMSprop, as torch.optim.RMSprop (Hinton: Neural networks for machine learning, lecture 6,
// 2012).
#include <torch/optim/rmsprop.h>

#include <algorithm>
#include <limits>

#include "core/settings/Field.h"
#include "core/training/torch/Optimizers.h"
#include "core/training/torch/TorchOptimizer.h"

namespace graft::training::optimizers {

namespace {

struct RmsPropKind {
    using Torch = torch::optim::RMSprop;
    using Options = torch::optim::RMSpropOptions;
    using State = torch::optim::RMSpropParamState;
    static std::vector<TorchBuffer<State>> buffers() {
        return {{"square_average", [](const State& state) { return at::Tensor(state.square_avg()); },
                 [](State& state, at::Tensor buffer) { state.square_avg(std::move(buffer)); }},
                {"momentum", [](const State& state) { return at::Tensor(state.momentum_buffer()); },
                 [](State& state, at::Tensor buffer) { state.momentum_buffer(std::move(buffer)); }, false}};
    }
    // LibTorch makes the buffer in the first step alone, and only of a momentum above 0; a schedule may have
    // none there and some later. A share this small of float32 numbers is 0.
    static void setMomentum(Options& options, double momentum) {
        options.momentum(std::max(momentum, std::numeric_limits<double>::min()));
    }
};

}  // namespace

std::unique_ptr<Optimizer> rmsprop(const std::vector<ParameterGroup>& groups,
                                   const settings::TrainConfig& config) {
    const settings::OptimizerOptions& options = config.optimizer;
    return std::make_unique<TorchOptimizer<RmsPropKind>>(
        groups, torch::optim::RMSpropOptions(options.learningRate)
                    .alpha(settings::ownValue(config, "optimizer.alpha", 0.99))
                    .eps(orItsOwn(options.epsilon, 1e-8))
                    .momentum(options.momentum)
                    .weight_decay(options.weightDecay));
}

}  // namespace graft::training::optimizers
