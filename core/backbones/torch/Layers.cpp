// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/backbones/torch/Layers.h"

#include <torch/nn/functional.h>
#include <torch/utils.h>

#include "core/backbones/torch/RandomSource.h"

#include <algorithm>
#include <thread>

#include "core/backbones/torch/NormWatch.h"

namespace graft::backbones {

namespace {
thread_local CostCounter* activeCounter = nullptr;
thread_local bool weightsStayUnset = false;

// LibTorch 1.13 has no backward pass of it on the CPU, 2.x has; what is there is asked, not the version. In a
// thread of its own, whose gradients are not switched off and whose operators nobody traces.
bool hardtanhTrainsInBFloat16() {
    static const bool works = [] {
        bool answer = false;
        std::thread([&] {
            try {
                const at::Tensor x = torch::ones({2}, torch::kBFloat16).set_requires_grad(true);
                at::hardtanh(x, 0.0, 6.0).sum().backward();
                answer = x.grad().defined();
            } catch (const c10::Error&) {
                answer = false;
            }
        }).join();
        return answer;
    }();
    return works;
}

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

at::Tensor randomWeights(at::IntArrayRef shape, double deviation) {
    const at::Tensor weights = torch::empty(shape);
    if (!weightsStayUnset) drawNormal(weights, deviation);
    return weights;
}

Conv2d::Conv2d(const ConvOptions& options) : m_options(options) {
    weight = register_parameter("weight", torch::empty({options.out, options.in / options.groups,
                                                        options.kernel.height, options.kernel.width}));
    if (!weightsStayUnset) drawHe(weight, true);
    if (options.bias) bias = register_parameter("bias", torch::zeros({options.out}));
}

at::Tensor Conv2d::forward(const at::Tensor& input) {
    const auto& o = m_options;
    at::Tensor output = at::conv2d(input, weight, bias, {o.stride, o.stride},
                                   {o.padding.height, o.padding.width}, {1, 1}, o.groups);
    CostCounter::add(output.numel() * weight.numel() / weight.size(0));
    return output;
}

BatchNorm2d::BatchNorm2d(std::int64_t channels, const NormOptions& options) : m_options(options) {
    m_weight = register_parameter("weight", torch::ones({channels}));
    m_bias = register_parameter("bias", torch::zeros({channels}));
    m_mean = register_buffer("running_mean", torch::zeros({channels}));
    m_variance = register_buffer("running_var", torch::ones({channels}));
    m_batches = register_buffer("num_batches_tracked", torch::zeros({}, torch::kLong));
}

at::Tensor BatchNorm2d::forward(const at::Tensor& input) {
    const std::int64_t numbersPerChannel = input.numel() / std::max<std::int64_t>(1, input.size(1));
    NormWatch::saw(numbersPerChannel);
    // Of a single number LibTorch would make a variance of nan, and keep it. Runs whose batches are so small
    // are refused; this is for a batch that shrank because its other images could not be read.
    const bool trains = is_training() && numbersPerChannel > 1;
    if (trains) m_batches.add_(1);
    return at::batch_norm(input, m_weight, m_bias, m_mean, m_variance, trains, m_options.momentum,
                          m_options.epsilon, true);
}

LayerNorm::LayerNorm(std::int64_t channels, double epsilon) : m_epsilon(epsilon) {
    m_weight = register_parameter("weight", torch::ones({channels}));
    m_bias = register_parameter("bias", torch::zeros({channels}));
}

at::Tensor LayerNorm::forward(const at::Tensor& input) {
    // In mixed precision a norm stays in float32; LibTorch's autocast sees to that on a GPU only.
    const bool mixed = input.scalar_type() != m_weight.scalar_type();
    return at::layer_norm(mixed ? input.to(m_weight.scalar_type()) : input, {m_weight.size(0)}, m_weight,
                          m_bias, m_epsilon);
}

at::Tensor LayerNorm2d::forward(const at::Tensor& input) {
    return LayerNorm::forward(input.permute({0, 2, 3, 1})).permute({0, 3, 1, 2});
}

Linear::Linear(std::int64_t in, std::int64_t out, const LinearOptions& options) {
    weight = register_parameter("weight", randomWeights({out, in}, options.deviation));
    if (options.bias) bias = register_parameter("bias", torch::zeros({out}));
}

at::Tensor Linear::forward(const at::Tensor& input) {
    CostCounter::add(input.numel() * weight.size(0));
    return at::linear(input, weight, bias);
}

at::Tensor activate(Function function, const at::Tensor& input) {
    switch (function) {
        case Function::None:
            return input;
        case Function::Relu:
            return at::relu(input);
        case Function::Relu6:
            return input.scalar_type() == torch::kBFloat16 && !hardtanhTrainsInBFloat16()
                       ? at::clamp(input, 0.0, 6.0)
                       : at::hardtanh(input, 0.0, 6.0);
        case Function::Silu:
            return at::silu(input);
        case Function::Hardswish:
            return at::hardswish(input);
        case Function::Hardsigmoid:
            return at::hardsigmoid(input);
        case Function::Sigmoid:
            return at::sigmoid(input);
        case Function::Gelu:
            return at::gelu(input);
        case Function::GeluTanh:
            return at::gelu(input, "tanh");
        case Function::QuickGelu:
            return input * at::sigmoid(1.702 * input);
        case Function::Tanh:
            return at::tanh(input);
    }
    return input;
}

MaxPool2d::MaxPool2d(std::int64_t kernel, std::int64_t stride, std::int64_t padding, bool ceilMode)
    : m_kernel(kernel), m_stride(stride), m_padding(padding), m_ceilMode(ceilMode) {}

at::Tensor MaxPool2d::forward(const at::Tensor& input) {
    return at::max_pool2d(input, m_kernel, m_stride, m_padding, 1, m_ceilMode);
}

AvgPool2d::AvgPool2d(std::int64_t kernel, std::int64_t stride, std::int64_t padding)
    : m_kernel(kernel), m_stride(stride), m_padding(padding) {}

at::Tensor AvgPool2d::forward(const at::Tensor& input) {
    return at::avg_pool2d(input, m_kernel, m_stride, m_padding);
}

at::Tensor PooledGrid::forward(const at::Tensor& input) {
    return at::adaptive_avg_pool2d(input, {m_side, m_side}).flatten(1);
}

at::Tensor ChannelsLast::forward(const at::Tensor& input) {
    return input.permute({0, 2, 3, 1});
}

at::Tensor ChannelsFirst::forward(const at::Tensor& input) {
    return input.permute({0, 3, 1, 2});
}

at::Tensor Dropout::forward(const at::Tensor& input) {
    if (!is_training() || probability == 0.0) return at::dropout(input, probability, false);
    // As LibTorch does it, but from this run's own generator.
    const double kept = 1.0 - probability;
    return input * at::empty_like(input).bernoulli_(kept, currentGenerator()).div_(kept);
}

at::Tensor StochasticDepth::forward(const at::Tensor& input) {
    if (!is_training() || probability == 0.0) return input;
    std::vector<std::int64_t> shape(static_cast<std::size_t>(input.dim()), 1);
    shape[0] = input.size(0);
    const double kept = 1.0 - probability;
    return input * at::empty(shape, input.options()).bernoulli_(kept, currentGenerator()).div_(kept);
}

Wiring wiringOf(const std::vector<LayerPtr>& layers) {
    for (const LayerPtr& layer : layers) {
        if (const Wiring wiring = layer->wiring(); wiring != Wiring::Plain) return wiring;
    }
    return Wiring::Plain;
}

Chain::Chain(const std::vector<LayerPtr>& layers) {
    for (const LayerPtr& layer : layers)
        add(std::to_string(m_layers.size()), layer);
}

Chain::Chain(const NamedLayers& layers) {
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
