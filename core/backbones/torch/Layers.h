// SPDX-License-Identifier: GPL-3.0-or-later
// The layers that backbones are built from: thin wrappers of ATen's operators with one signature,
// tensor to tensor, and torchvision's parameter names. (torch::nn's own layers have no common forward,
// register a "bias" even where there is none, and trace into other operators than Python's.)
#pragma once

#include <torch/nn/module.h>

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "core/backbones/ModelSummary.h"

namespace graft::backbones {

class Layer : public torch::nn::Module {
  public:
    virtual at::Tensor forward(const at::Tensor& input) = 0;
    virtual Wiring wiring() const { return Wiring::Plain; }
};
using LayerPtr = std::shared_ptr<Layer>;
// In order, under the names that their parameters have in the weight file.
using NamedLayers = std::vector<std::pair<std::string, LayerPtr>>;

// Of layers one after the other: that of the first which is not plain.
Wiring wiringOf(const std::vector<LayerPtr>& layers);

// Height and width in pixels; one number stands for both.
struct Extent {
    Extent(std::int64_t both) : height(both), width(both) {}  // NOLINT: meant to convert
    Extent(std::int64_t h, std::int64_t w) : height(h), width(w) {}
    std::int64_t height, width;
};

struct ConvOptions {
    std::int64_t in = 0;
    std::int64_t out = 0;
    Extent kernel = 1;
    std::int64_t stride = 1;
    Extent padding = 0;
    std::int64_t groups = 1;
    bool bias = false;
};

// Random weights: He initialisation over the fan-out (torchvision's for ResNet and MobileNet), bias 0.
class Conv2d : public Layer {
  public:
    explicit Conv2d(const ConvOptions& options);
    at::Tensor forward(const at::Tensor& input) override;
    at::Tensor weight;  // out x in/groups x kernel height x kernel width
    at::Tensor bias;    // out, or undefined

  private:
    ConvOptions m_options;
};

struct NormOptions {
    double epsilon = 1e-5;
    double momentum = 0.1;  // share of a batch's statistics in the running ones
};

class BatchNorm2d : public Layer {
  public:
    explicit BatchNorm2d(std::int64_t channels, const NormOptions& options = {});
    at::Tensor forward(const at::Tensor& input) override;

  private:
    at::Tensor m_weight, m_bias, m_mean, m_variance, m_batches;
    NormOptions m_options;
};

// Over the last dimension, which has the channels.
class LayerNorm : public Layer {
  public:
    explicit LayerNorm(std::int64_t channels, double epsilon = 1e-5);
    at::Tensor forward(const at::Tensor& input) override;

  private:
    at::Tensor m_weight, m_bias;
    double m_epsilon;
};

// Over the channels of N x C x H x W.
class LayerNorm2d : public LayerNorm {
  public:
    using LayerNorm::LayerNorm;
    at::Tensor forward(const at::Tensor& input) override;
};

struct LinearOptions {
    bool bias = true;
    double deviation = 0.01;
};

// Over the last dimension. Random weights: normal with the deviation given, bias 0.
class Linear : public Layer {
  public:
    Linear(std::int64_t in, std::int64_t out, const LinearOptions& options = {});
    at::Tensor forward(const at::Tensor& input) override;
    at::Tensor weight;  // out x in
    at::Tensor bias;    // out, or undefined
};

// GeluTanh: GELU by its approximation with tanh; QuickGelu: by x * sigmoid(1.702 x) (Hendrycks and Gimpel
// 2016).
enum class Function {
    None,
    Relu,
    Relu6,
    Silu,
    Hardswish,
    Hardsigmoid,
    Sigmoid,
    Gelu,
    GeluTanh,
    QuickGelu,
    Tanh
};
at::Tensor activate(Function function, const at::Tensor& input);

class Activation : public Layer {
  public:
    explicit Activation(Function function) : m_function(function) {}
    at::Tensor forward(const at::Tensor& input) override { return activate(m_function, input); }

  private:
    Function m_function;
};

class MaxPool2d : public Layer {
  public:
    MaxPool2d(std::int64_t kernel, std::int64_t stride, std::int64_t padding = 0, bool ceilMode = false);
    at::Tensor forward(const at::Tensor& input) override;

  private:
    std::int64_t m_kernel, m_stride, m_padding;
    bool m_ceilMode;
};

class AvgPool2d : public Layer {
  public:
    AvgPool2d(std::int64_t kernel, std::int64_t stride, std::int64_t padding = 0);
    at::Tensor forward(const at::Tensor& input) override;

  private:
    std::int64_t m_kernel, m_stride, m_padding;
};

// N x C x H x W to N x C*side*side: averages over a grid of side x side cells, as one row of numbers.
class PooledGrid : public Layer {
  public:
    explicit PooledGrid(std::int64_t side) : m_side(side) {}
    at::Tensor forward(const at::Tensor& input) override;

  private:
    std::int64_t m_side;
};

// N x C x H x W to N x C.
class GlobalAveragePool : public PooledGrid {
  public:
    GlobalAveragePool() : PooledGrid(1) {}
};

// N x C x H x W to N x H x W x C and back; the memory stays.
class ChannelsLast : public Layer {
  public:
    at::Tensor forward(const at::Tensor& input) override;
};
class ChannelsFirst : public Layer {
  public:
    at::Tensor forward(const at::Tensor& input) override;
};

// Layers that leave parts out at random while training; probability 0 switches them off.
class RandomLayer : public Layer {
  public:
    explicit RandomLayer(double p) : probability(p) {}
    double probability;
};

class Dropout : public RandomLayer {
  public:
    using RandomLayer::RandomLayer;
    at::Tensor forward(const at::Tensor& input) override;
};

// Leaves out the whole residual branch of some images of a batch (Huang et al.: Deep Networks with Stochastic
// Depth, 2016); the others are scaled so that the mean stays.
class StochasticDepth : public RandomLayer {
  public:
    using RandomLayer::RandomLayer;
    at::Tensor forward(const at::Tensor& input) override;
};

// Children in order, under the names given.
class Chain : public Layer {
  public:
    Chain() = default;
    explicit Chain(const NamedLayers& layers);
    // Named 0, 1, 2 ...
    explicit Chain(const std::vector<LayerPtr>& layers);
    Chain& add(const std::string& name, LayerPtr layer);
    at::Tensor forward(const at::Tensor& input) override;
    Wiring wiring() const override { return wiringOf(m_layers); }

  private:
    std::vector<LayerPtr> m_layers;
};

// Registers a layer as a child and returns it: m_conv1 = adopt(*this, "conv1", conv3x3(...)).
template <class T>
std::shared_ptr<T> adopt(torch::nn::Module& parent, const std::string& name, std::shared_ptr<T> layer) {
    return parent.register_module(name, std::move(layer));
}

// Normal with mean 0, or unset under UnsetWeights.
at::Tensor randomWeights(at::IntArrayRef shape, double deviation);

// While one lives, layers made by this thread leave their weights unset, which costs no time: for reading
// a network's structure only.
class UnsetWeights {
  public:
    UnsetWeights();
    ~UnsetWeights();
    UnsetWeights(const UnsetWeights&) = delete;
    UnsetWeights& operator=(const UnsetWeights&) = delete;

  private:
    bool m_previous;
};

// While one lives, every convolution and matrix product of this thread adds its multiply-adds to it.
class CostCounter {
  public:
    CostCounter();
    ~CostCounter();
    CostCounter(const CostCounter&) = delete;
    CostCounter& operator=(const CostCounter&) = delete;
    std::int64_t multiplyAdds() const { return m_multiplyAdds; }
    static void add(std::int64_t multiplyAdds);

  private:
    std::int64_t m_multiplyAdds = 0;
    CostCounter* m_previous;
};

}  // namespace graft::backbones
