// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/backbones/torch/Blocks.h"

#include <torch/types.h>

#include <algorithm>

namespace graft::backbones {

std::int64_t makeDivisible(double value, std::int64_t divisor) {
    const auto half = static_cast<double>(divisor) / 2.0;
    const std::int64_t rounded =
        std::max(divisor, static_cast<std::int64_t>(value + half) / divisor * divisor);
    return static_cast<double>(rounded) < 0.9 * value ? rounded + divisor : rounded;
}

Extent samePadding(const Extent& kernel) {
    return {(kernel.height - 1) / 2, (kernel.width - 1) / 2};
}

LayerPtr convNorm(ConvOptions options, Function function, const NormOptions& norm) {
    options.padding = samePadding(options.kernel);
    std::vector<LayerPtr> layers{std::make_shared<Conv2d>(options),
                                 std::make_shared<BatchNorm2d>(options.out, norm)};
    if (function != Function::None) layers.push_back(std::make_shared<Activation>(function));
    return std::make_shared<Chain>(layers);
}

SqueezeExcitation::SqueezeExcitation(std::int64_t channels, std::int64_t squeezed, Function function,
                                     Function gate)
    : m_squeeze(adopt(*this, "fc1",
                      std::make_shared<Conv2d>(ConvOptions{.in = channels, .out = squeezed, .bias = true}))),
      m_excite(adopt(*this, "fc2",
                     std::make_shared<Conv2d>(ConvOptions{.in = squeezed, .out = channels, .bias = true}))),
      m_function(function),
      m_gate(gate) {}

at::Tensor SqueezeExcitation::forward(const at::Tensor& input) {
    const at::Tensor means = at::adaptive_avg_pool2d(input, {1, 1});
    const at::Tensor squeezed = activate(m_function, m_squeeze->forward(means));
    return input * activate(m_gate, m_excite->forward(squeezed));
}

Residual::Residual(const std::string& branchName, LayerPtr branch, bool addsInput, double dropProbability)
    : m_branch(adopt(*this, branchName, std::move(branch))),
      m_depth(adopt(*this, "stochastic_depth", std::make_shared<StochasticDepth>(dropProbability))),
      m_addsInput(addsInput) {}

at::Tensor Residual::forward(const at::Tensor& input) {
    const at::Tensor output = m_branch->forward(input);
    return m_addsInput ? input + m_depth->forward(output) : output;
}

LayerPtr invertedResidual(const InvertedResidualOptions& o) {
    std::vector<LayerPtr> layers;
    if (o.width != o.in) layers.push_back(convNorm({.in = o.in, .out = o.width}, o.function, o.norm));
    layers.push_back(
        convNorm({.in = o.width, .out = o.width, .kernel = o.kernel, .stride = o.stride, .groups = o.width},
                 o.function, o.norm));
    if (o.squeezed > 0) {
        layers.push_back(std::make_shared<SqueezeExcitation>(o.width, o.squeezed, o.squeezeFunction, o.gate));
    }
    if (o.flatProjection) {
        layers.push_back(std::make_shared<Conv2d>(ConvOptions{.in = o.width, .out = o.out}));
        layers.push_back(std::make_shared<BatchNorm2d>(o.out, o.norm));
    } else {
        layers.push_back(convNorm({.in = o.width, .out = o.out}, Function::None, o.norm));
    }
    return std::make_shared<Residual>(o.branchName, std::make_shared<Chain>(layers),
                                      o.stride == 1 && o.in == o.out, o.dropProbability);
}

at::Tensor channelShuffle(const at::Tensor& input, std::int64_t groups) {
    return at::stack(input.chunk(groups, 1), 2).flatten(1, 2);
}

Branches::Branches(const std::vector<std::pair<std::string, LayerPtr>>& branches) {
    for (const auto& [name, branch] : branches)
        m_branches.push_back(adopt(*this, name, branch));
}

at::Tensor Branches::forward(const at::Tensor& input) {
    std::vector<at::Tensor> outputs;
    for (const LayerPtr& branch : m_branches)
        outputs.push_back(branch->forward(input));
    return at::cat(outputs, 1);
}

}  // namespace graft::backbones
