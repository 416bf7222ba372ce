// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/training/torch/OwnOptimizer.h"

#include <torch/types.h>
#include <torch/utils.h>

namespace graft::training {

OwnOptimizer::OwnOptimizer(const std::vector<ParameterGroup>& groups, const std::vector<BufferName>& buffers,
                           double learningRate, double momentum, double weightDecay)
    : Optimizer(groups, buffers, true),
      m_states(parameters().size()),
      m_bufferCount(buffers.size()),
      m_learningRate(learningRate),
      m_momentum(momentum) {
    for (const ParameterGroup& group : groups)
        m_groups.push_back({group.parameters.size(), group.rateFactor, group.decays ? weightDecay : 0});
}

void OwnOptimizer::setRate(double learningRate, std::optional<double> momentum) {
    m_learningRate = learningRate;
    if (momentum) m_momentum = *momentum;
}

void OwnOptimizer::step() {
    const torch::NoGradGuard noGradients;
    prepare();
    std::size_t next = 0;
    for (const Group& group : m_groups) {
        for (const std::size_t end = next + group.size; next < end; ++next) {
            at::Tensor parameter = parameters()[next];
            if (!parameter.grad().defined()) continue;
            ParameterState& kept = m_states[next];
            while (kept.buffers.size() < m_bufferCount)
                kept.buffers.push_back(torch::zeros_like(parameter));
            move(parameter, parameter.grad(), kept.buffers,
                 {++kept.steps, m_learningRate * group.rateFactor, group.weightDecay, m_momentum});
        }
    }
}

std::optional<ParameterState> OwnOptimizer::state(std::size_t parameter) const {
    if (m_states[parameter].steps == 0) return std::nullopt;
    return m_states[parameter];
}

void OwnOptimizer::setState(std::size_t parameter, ParameterState state) {
    m_states[parameter] = std::move(state);
}

}  // namespace graft::training
