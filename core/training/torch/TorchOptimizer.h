// SPDX-License-Identifier: GPL-3.0-or-later
// One of torch::optim's, whose differences a Kind tells:
//     struct SgdKind {
//         using Torch = torch::optim::SGD;  and its Options, and the State that it keeps of a parameter
//         static std::vector<TorchBuffer<State>> buffers();
//         static void setMomentum(Options& options, double momentum);
//     };
#pragma once

#include <torch/optim/optimizer.h>

#include <memory>
#include <optional>
#include <sstream>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "core/training/torch/Optimizer.h"

namespace graft::training {

template <class State>
struct TorchBuffer {
    const char* name;  // in the checkpoint
    at::Tensor (*get)(const State&);
    void (*set)(State&, at::Tensor);
    bool isRequired = true;
};

template <class Kind>
class TorchOptimizer final : public Optimizer {
    using Options = typename Kind::Options;
    using State = typename Kind::State;
    static constexpr bool kCountsSteps = requires(const State& state) { state.step(); };

  public:
    // options: of the groups that decay, with the learning rate before rateFactor.
    TorchOptimizer(const std::vector<ParameterGroup>& groups, const Options& options)
        : Optimizer(groups, bufferNames(), kCountsSteps), m_torch(torchGroups(groups, options), options) {
        for (const ParameterGroup& group : groups)
            m_factors.push_back(group.rateFactor);
    }

    void step() override { m_torch.step(); }

    void setRate(double learningRate, std::optional<double> momentum) override {
        for (std::size_t i = 0; i < m_factors.size(); ++i) {
            auto& options = static_cast<Options&>(m_torch.param_groups()[i].options());
            options.lr(learningRate * m_factors[i]);
            if (momentum) Kind::setMomentum(options, *momentum);
        }
    }
    using Optimizer::setRate;

  private:
    using Map = std::remove_cvref_t<decltype(std::declval<typename Kind::Torch&>().state())>;

    // LibTorch 1.13 keys the state by the parameter's address as text, 2.x by the address.
    static typename Map::key_type keyOf(const at::Tensor& parameter) {
        if constexpr (std::is_same_v<typename Map::key_type, std::string>) {
            std::ostringstream address;
            address << parameter.unsafeGetTensorImpl();
            return address.str();
        } else {
            return parameter.unsafeGetTensorImpl();
        }
    }

    static std::vector<BufferName> bufferNames() {
        std::vector<BufferName> names;
        for (const auto& buffer : Kind::buffers())
            names.push_back({buffer.name, buffer.isRequired});
        return names;
    }

    static std::vector<torch::optim::OptimizerParamGroup> torchGroups(
        const std::vector<ParameterGroup>& groups, const Options& options) {
        std::vector<torch::optim::OptimizerParamGroup> made;
        for (const ParameterGroup& group : groups) {
            std::vector<at::Tensor> tensors;
            for (const auto& [name, tensor] : group.parameters)
                tensors.push_back(tensor);
            auto own = std::make_unique<Options>(options);
            own->lr(options.lr() * group.rateFactor);
            if (!group.decays) own->weight_decay(0);
            made.emplace_back(std::move(tensors), std::move(own));
        }
        return made;
    }

    std::optional<ParameterState> state(std::size_t parameter) const override {
        const auto found = m_torch.state().find(keyOf(parameters()[parameter]));
        if (found == m_torch.state().end()) return std::nullopt;
        const auto& held = static_cast<const State&>(*found->second);
        ParameterState state;
        for (const auto& buffer : Kind::buffers())
            state.buffers.push_back(buffer.get(held));
        if constexpr (kCountsSteps) state.steps = held.step();
        return state;
    }

    void setState(std::size_t parameter, ParameterState state) override {
        auto held = std::make_unique<State>();
        const auto buffers = Kind::buffers();
        for (std::size_t i = 0; i < buffers.size(); ++i)
            buffers[i].set(*held, state.buffers[i]);
        if constexpr (kCountsSteps) held->step(state.steps);
        m_torch.state()[keyOf(parameters()[parameter])] = std::move(held);
    }

    typename Kind::Torch m_torch;
    std::vector<double> m_factors;  // of the groups
};

}  // namespace graft::training
