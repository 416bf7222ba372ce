// SPDX-License-Identifier: GPL-3.0-or-later
// The layers that backbones are built from: thin wrappers of ATen's operators with one signature,
// tensor to tensor, and torchvision's parameter names. (torch::nn's own layers have no common forward,
// register a "bias" even where there is none, and trace into other operators than Python's.)
#pragma once

#include <torch/nn/module.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace graft::backbones {

class Layer : public torch::nn::Module {
  public:
    virtual at::Tensor forward(const at::Tensor& input) = 0;
};
using LayerPtr = std::shared_ptr<Layer>;

struct ConvOptions {
    std::int64_t in = 0;
    std::int64_t out = 0;
    std::int64_t kernel = 1;
    std::int64_t stride = 1;
    std::int64_t padding = 0;
    std::int64_t groups = 1;
    bool bias = false;
};

// Random weights: He initialisation over the fan-out (torchvision's for ResNet and MobileNet), bias 0.
class Conv2d : public Layer {
  public:
    explicit Conv2d(const ConvOptions& options);
    at::Tensor forward(const at::Tensor& input) override;
    at::Tensor weight;  // out x in/groups x kernel x kernel
    at::Tensor bias;    // out, or undefined

  private:
    ConvOptions m_options;
};

class BatchNorm2d : public Layer {
  public:
    explicit BatchNorm2d(std::int64_t channels, double epsilon = 1e-5, double momentum = 0.1);
    at::Tensor forward(const at::Tensor& input) override;

  private:
    at::Tensor m_weight, m_bias, m_mean, m_variance, m_batches;
    double m_epsilon;
    double m_momentum;
};

// Random weights: normal with deviation 0.01, bias 0.
class Linear : public Layer {
  public:
    Linear(std::int64_t in, std::int64_t out);
    at::Tensor forward(const at::Tensor& input) override;
    at::Tensor weight, bias;
};

class Relu : public Layer {
  public:
    at::Tensor forward(const at::Tensor& input) override;
};

class Relu6 : public Layer {
  public:
    at::Tensor forward(const at::Tensor& input) override;
};

class MaxPool2d : public Layer {
  public:
    MaxPool2d(std::int64_t kernel, std::int64_t stride, std::int64_t padding = 0, bool ceilMode = false);
    at::Tensor forward(const at::Tensor& input) override;

  private:
    std::int64_t m_kernel, m_stride, m_padding;
    bool m_ceilMode;
};

// N x C x H x W to N x C.
class GlobalAveragePool : public Layer {
  public:
    at::Tensor forward(const at::Tensor& input) override;
};

class Dropout : public Layer {
  public:
    explicit Dropout(double probability);
    at::Tensor forward(const at::Tensor& input) override;

  private:
    double m_probability;
};

// Children in order, under the names given.
class Chain : public Layer {
  public:
    Chain() = default;
    explicit Chain(const std::vector<std::pair<std::string, LayerPtr>>& layers);
    Chain& add(const std::string& name, LayerPtr layer);
    at::Tensor forward(const at::Tensor& input) override;

  private:
    std::vector<LayerPtr> m_layers;
};

// Registers a layer as a child and returns it: m_conv1 = adopt(*this, "conv1", conv3x3(...)).
template <class T>
std::shared_ptr<T> adopt(torch::nn::Module& parent, const std::string& name, std::shared_ptr<T> layer) {
    return parent.register_module(name, std::move(layer));
}

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
