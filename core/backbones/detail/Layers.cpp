// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/backbones/detail/Layers.h"

#include <torch/nn/functional.h>
#include <torch/nn/init.h>

namespace graft::backbones {

namespace {
thread_local CostCounter* activeCounter = nullptr;
thread_local bool weightsStayUnset = false;
}  // namespace

UnsetWeights::UnsetWeights() : m_previous(weightsStayUnset) {
    weightsStayUnset = true;
}
UnsetWeights::~UnsetWeights() {
    weightsStayUnset = m_previous;
}

CostCounter::CostCounter() : m_previous(activeCounter) {
    activeCounter = this;
}
CostCounter::~CostCounter() {
    activeCounter = m_previous;
}
void CostCounter::add(std::int64_t multiplyAdds) {
    if (activeCounter != nullptr) activeCounter->m_multiplyAdds += multiplyAdds;
}

Conv2d::Conv2d(const ConvOptions& options) : m_options(options) {
    weight = register_parameter(
        "weight", torch::empty({options.out, options.in / options.groups, options.kernel, options.kernel}));
    if (!weightsStayUnset) torch::nn::init::kaiming_normal_(weight, 0.0, torch::kFanOut, torch::kReLU);
    if (options.bias) bias = register_parameter("bias", torch::zeros({options.out}));
}

at::Tensor Conv2d::forward(const at::Tensor& input) {
    const auto& o = m_options;
    at::Tensor output = at::conv2d(input, weight, bias, o.stride, o.padding, 1, o.groups);
    CostCounter::add(output.numel() * weight.numel() / weight.size(0));
    return output;
}

BatchNorm2d::BatchNorm2d(std::int64_t channels, double epsilon, double momentum)
    : m_epsilon(epsilon), m_momentum(momentum) {
    m_weight = register_parameter("weight", torch::ones({channels}));
    m_bias = register_parameter("bias", torch::zeros({channels}));
    m_mean = register_buffer("running_mean", torch::zeros({channels}));
    m_variance = register_buffer("running_var", torch::ones({channels}));
    m_batches = register_buffer("num_batches_tracked", torch::zeros({}, torch::kLong));
}

at::Tensor BatchNorm2d::forward(const at::Tensor& input) {
    if (is_training()) m_batches.add_(1);
    return at::batch_norm(input, m_weight, m_bias, m_mean, m_variance, is_training(), m_momentum, m_epsilon,
                          true);
}

Linear::Linear(std::int64_t in, std::int64_t out) {
    weight = register_parameter("weight", torch::empty({out, in}));
    if (!weightsStayUnset) torch::nn::init::normal_(weight, 0.0, 0.01);
    bias = register_parameter("bias", torch::zeros({out}));
}

at::Tensor Linear::forward(const at::Tensor& input) {
    CostCounter::add(input.numel() * weight.size(0));
    return at::linear(input, weight, bias);
}

at::Tensor Relu::forward(const at::Tensor& input) {
    return at::relu(input);
}

at::Tensor Relu6::forward(const at::Tensor& input) {
    return at::hardtanh(input, 0.0, 6.0);
}

MaxPool2d::MaxPool2d(std::int64_t kernel, std::int64_t stride, std::int64_t padding, bool ceilMode)
    : m_kernel(kernel), m_stride(stride), m_padding(padding), m_ceilMode(ceilMode) {}

at::Tensor MaxPool2d::forward(const at::Tensor& input) {
    return at::max_pool2d(input, m_kernel, m_stride, m_padding, 1, m_ceilMode);
}

at::Tensor GlobalAveragePool::forward(const at::Tensor& input) {
    return at::adaptive_avg_pool2d(input, {1, 1}).flatten(1);
}

Dropout::Dropout(double probability) : m_probability(probability) {}

at::Tensor Dropout::forward(const at::Tensor& input) {
    return at::dropout(input, m_probability, is_training());
}

Chain::Chain(const std::vector<std::pair<std::string, LayerPtr>>& layers) {
    for (const auto& [name, layer] : layers)
        add(name, layer);
}

Chain& Chain::add(const std::string& name, LayerPtr layer) {
    m_layers.push_back(register_module(name, std::move(layer)));
    return *this;
}

at::Tensor Chain::forward(const at::Tensor& input) {
    at::Tensor x = input;
    for (const LayerPtr& layer : m_layers)
        x = layer->forward(x);
    return x;
}

}  // namespace graft::backbones
