// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/training/torch/Optimizers.h"

#include <torch/optim.h>
#include <torch/utils.h>

#include <sstream>
#include <type_traits>

#include "core/weights/torch/TensorBridge.h"

namespace graft::training {

namespace {

using torch::optim::Optimizer;

// LibTorch 1.13 keys the state by the parameter's address as text, 2.x by the address.
template <class Map>
typename Map::key_type stateKey(const at::Tensor& parameter) {
    if constexpr (std::is_same_v<typename Map::key_type, std::string>) {
        std::ostringstream address;
        address << parameter.unsafeGetTensorImpl();
        return address.str();
    } else {
        return parameter.unsafeGetTensorImpl();
    }
}

// Calls visit(name, getter, setter) for every buffer of one parameter's state.
template <class State, class Visit>
void visitBuffers(State& state, const Visit& visit) {
    using torch::optim::RMSpropParamState;
    using torch::optim::SGDParamState;
    if constexpr (std::is_same_v<State, SGDParamState>) {
        visit("momentum", state.momentum_buffer(),
              [&](at::Tensor t) { state.momentum_buffer(std::move(t)); });
    } else if constexpr (std::is_same_v<State, RMSpropParamState>) {
        visit("square_average", state.square_avg(), [&](at::Tensor t) { state.square_avg(std::move(t)); });
        visit("momentum", state.momentum_buffer(),
              [&](at::Tensor t) { state.momentum_buffer(std::move(t)); });
    } else {
        visit("average", state.exp_avg(), [&](at::Tensor t) { state.exp_avg(std::move(t)); });
        visit("square_average", state.exp_avg_sq(), [&](at::Tensor t) { state.exp_avg_sq(std::move(t)); });
    }
}

template <class State>
constexpr bool kCountsSteps = !std::is_same_v<State, torch::optim::SGDParamState>;

template <class State>
void save(Optimizer& optimizer, weights::StateDict& dict) {
    using Map = std::remove_reference_t<decltype(optimizer.state())>;
    const auto& parameters = optimizer.param_groups().front().params();
    for (std::size_t i = 0; i < parameters.size(); ++i) {
        const auto found = optimizer.state().find(stateKey<Map>(parameters[i]));
        if (found == optimizer.state().end()) continue;
        auto& state = static_cast<State&>(*found->second);
        const std::string prefix = "optimizer." + std::to_string(i) + ".";
        visitBuffers(state, [&](const char* name, const at::Tensor& buffer, const auto&) {
            if (buffer.defined()) dict.tensors.emplace_back(prefix + name, weights::fromTensor(buffer));
        });
        if constexpr (kCountsSteps<State>) {
            dict.tensors.emplace_back(prefix + "step",
                                      weights::fromTensor(torch::tensor(state.step(), torch::kLong)));
        }
    }
}

template <class State>
Result<void> load(Optimizer& optimizer, const weights::StateDict& dict) {
    using Map = std::remove_reference_t<decltype(optimizer.state())>;
    const torch::NoGradGuard noGradients;
    const auto& parameters = optimizer.param_groups().front().params();
    for (std::size_t i = 0; i < parameters.size(); ++i) {
        const std::string prefix = "optimizer." + std::to_string(i) + ".";
        auto state = std::make_unique<State>();
        bool any = false;
        bool damaged = false;
        visitBuffers(*state, [&](const char* name, const at::Tensor&, const auto& set) {
            const weights::TensorData* data = dict.find(prefix + name);
            if (data == nullptr) return;
            if (data->shape != parameters[i].sizes().vec()) {
                damaged = true;
                return;
            }
            // in the parameter's own memory layout, so that a resumed run computes bit for bit the same
            set(torch::empty_like(parameters[i]).copy_(weights::toTensor(*data)));
            any = true;
        });
        if constexpr (kCountsSteps<State>) {
            const weights::TensorData* step = dict.find(prefix + "step");
            if (any && (step == nullptr || !step->shape.empty())) damaged = true;
            if (step != nullptr && !damaged) state->step(weights::toTensor(*step).item<std::int64_t>());
        }
        if (damaged)
            return fail(ErrorCode::BadFormat,
                        "The checkpoint's optimizer state does not fit the settings in config.json: one of "
                        "them is damaged or was "
                        "changed. Put config.json back as the run wrote it, or start another run.");
        if (any) optimizer.state()[stateKey<Map>(parameters[i])] = std::move(state);
    }
    return {};
}

}  // namespace

std::unique_ptr<Optimizer> makeOptimizer(std::vector<at::Tensor> parameters,
                                         const settings::OptimizerOptions& options) {
    const double rate = options.learningRate;
    switch (options.kind) {
        case settings::OptimizerKind::Sgd:
            return std::make_unique<torch::optim::SGD>(std::move(parameters),
                                                       torch::optim::SGDOptions(rate)
                                                           .momentum(options.momentum)
                                                           .nesterov(options.nesterov)
                                                           .weight_decay(options.weightDecay));
        case settings::OptimizerKind::Adam:
            return std::make_unique<torch::optim::Adam>(
                std::move(parameters), torch::optim::AdamOptions(rate).weight_decay(options.weightDecay));
        case settings::OptimizerKind::AdamW:
            return std::make_unique<torch::optim::AdamW>(
                std::move(parameters), torch::optim::AdamWOptions(rate).weight_decay(options.weightDecay));
        case settings::OptimizerKind::RmsProp:
            break;
    }
    return std::make_unique<torch::optim::RMSprop>(
        std::move(parameters),
        torch::optim::RMSpropOptions(rate).momentum(options.momentum).weight_decay(options.weightDecay));
}

void setLearningRate(Optimizer& optimizer, double learningRate) {
    for (auto& group : optimizer.param_groups())
        group.options().set_lr(learningRate);
}

void saveState(Optimizer& optimizer, settings::OptimizerKind kind, weights::StateDict& dict) {
    switch (kind) {
        case settings::OptimizerKind::Sgd:
            return save<torch::optim::SGDParamState>(optimizer, dict);
        case settings::OptimizerKind::Adam:
            return save<torch::optim::AdamParamState>(optimizer, dict);
        case settings::OptimizerKind::AdamW:
            return save<torch::optim::AdamWParamState>(optimizer, dict);
        case settings::OptimizerKind::RmsProp:
            return save<torch::optim::RMSpropParamState>(optimizer, dict);
    }
}

Result<void> loadState(Optimizer& optimizer, settings::OptimizerKind kind, const weights::StateDict& dict) {
    switch (kind) {
        case settings::OptimizerKind::Sgd:
            return load<torch::optim::SGDParamState>(optimizer, dict);
        case settings::OptimizerKind::Adam:
            return load<torch::optim::AdamParamState>(optimizer, dict);
        case settings::OptimizerKind::AdamW:
            return load<torch::optim::AdamWParamState>(optimizer, dict);
        case settings::OptimizerKind::RmsProp:
            break;
    }
    return load<torch::optim::RMSpropParamState>(optimizer, dict);
}

}  // namespace graft::training
