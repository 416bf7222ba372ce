// SPDX-License-Identifier: GPL-3.0-or-later
// What torch::optim's Adam and AdamW have in common.
#pragma once

#include <tuple>
#include <utility>
#include <vector>

#include "core/training/torch/Optimizers.h"
#include "core/training/torch/TorchOptimizer.h"

namespace graft::training {

template <class TorchType, class OptionsType, class StateType>
struct AdamKind {
    using Torch = TorchType;
    using Options = OptionsType;
    using State = StateType;
    static std::vector<TorchBuffer<State>> buffers() {
        return {{"average", [](const State& state) { return at::Tensor(state.exp_avg()); },
                 [](State& state, at::Tensor buffer) { state.exp_avg(std::move(buffer)); }},
                {"square_average", [](const State& state) { return at::Tensor(state.exp_avg_sq()); },
                 [](State& state, at::Tensor buffer) { state.exp_avg_sq(std::move(buffer)); }}};
    }
    static void setMomentum(Options& options, double momentum) {
        options.betas({momentum, std::get<1>(options.betas())});
    }
    // PyTorch's defaults where a setting is 0.
    static Options optionsFrom(const settings::OptimizerOptions& options) {
        return Options(options.learningRate)
            .betas({orItsOwn(options.beta1, 0.9), orItsOwn(options.beta2, 0.999)})
            .eps(orItsOwn(options.epsilon, 1e-8))
            .weight_decay(options.weightDecay);
    }
};

}  // namespace graft::training
