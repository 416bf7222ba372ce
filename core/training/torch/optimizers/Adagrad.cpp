// SPDX-License-Identifier: GPL-3.0-or-later
// torch::optim::Adagrad, as torch.optim.Adagrad (Duchi, Hazan, Singer: Adaptive subgradient methods for
// online learning and stochastic optimization, 2011).
#include <torch/optim/adagrad.h>

#include "core/training/torch/Optimizers.h"
#include "core/training/torch/TorchOptimizer.h"

namespace graft::training::optimizers {

namespace {

struct AdagradKind {
    using Torch = torch::optim::Adagrad;
    using Options = torch::optim::AdagradOptions;
    using State = torch::optim::AdagradParamState;
    static std::vector<TorchBuffer<State>> buffers() {
        return {{"square_sum", [](const State& state) { return at::Tensor(state.sum()); },
                 [](State& state, at::Tensor buffer) { state.sum(std::move(buffer)); }}};
    }
    static void setMomentum(Options&, double) {}
};

}  // namespace

std::unique_ptr<Optimizer> adagrad(const std::vector<ParameterGroup>& groups,
                                   const settings::TrainConfig& config) {
    const settings::OptimizerOptions& options = config.optimizer;
    return std::make_unique<TorchOptimizer<AdagradKind>>(groups,
                                                         torch::optim::AdagradOptions(options.learningRate)
                                                             .eps(orItsOwn(options.epsilon, 1e-10))
                                                             .weight_decay(options.weightDecay));
}

}  // namespace graft::training::optimizers
