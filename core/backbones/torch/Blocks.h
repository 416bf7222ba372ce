// SPDX-License-Identifier: GPL-3.0-or-later
// Blocks that several families are built from, with the names that torchvision gives their parts.
#pragma once

#include "core/backbones/torch/Layers.h"

namespace graft::backbones {

// The nearest multiple of divisor, but never under 90 % of value (MobileNet's rule for channel counts).
std::int64_t makeDivisible(double value, std::int64_t divisor = 8);

// Zero padding that keeps the size at stride 1.
Extent samePadding(const Extent& kernel);

// Convolution, batch norm, function: "0", "1" and nothing (torchvision's Conv2dNormActivation). The padding
// of options is replaced by the one that keeps the size.
LayerPtr convNorm(ConvOptions options, Function function, const NormOptions& norm = {});

// Hu, Shen, Sun: Squeeze-and-Excitation Networks (2018): each channel is scaled by a gate that two 1 x 1
// convolutions ("fc1", "fc2") compute from the channels' means.
class SqueezeExcitation : public Layer {
  public:
    SqueezeExcitation(std::int64_t channels, std::int64_t squeezed, Function function, Function gate);
    at::Tensor forward(const at::Tensor& input) override;

  private:
    LayerPtr m_squeeze, m_excite;
    Function m_function, m_gate;
};

// input + branch(input) under stochastic depth; without the input where the shapes differ.
class Residual : public Layer {
  public:
    Residual(const std::string& branchName, LayerPtr branch, bool addsInput, double dropProbability = 0.0);
    at::Tensor forward(const at::Tensor& input) override;
    Wiring wiring() const override {
        return m_addsInput ? Wiring::Residual : wiringOf(std::vector<LayerPtr>{m_branch});
    }

  private:
    LayerPtr m_branch, m_depth;
    bool m_addsInput;
};

// Expansion to width, depthwise convolution, squeeze-and-excitation, projection without function (Sandler et
// al.: MobileNetV2, 2018). The input is added where it fits.
struct InvertedResidualOptions {
    std::int64_t in = 0;
    std::int64_t width = 0;  // the expansion is left out where it equals in
    std::int64_t out = 0;
    std::int64_t kernel = 3;
    std::int64_t stride = 1;
    std::int64_t squeezed = 0;  // channels within squeeze-and-excitation; 0: none
    Function function = Function::Relu6;
    Function squeezeFunction = Function::Relu;
    Function gate = Function::Sigmoid;
    NormOptions norm = {};
    double dropProbability = 0.0;
    std::string branchName = "block";
    // MobileNetV2 counts the projection's convolution and norm as two layers of the branch, the others as
    // one.
    bool flatProjection = false;
};
LayerPtr invertedResidual(const InvertedResidualOptions& options);

// Zhang et al.: ShuffleNet (2018): channels of the groups take turns.
at::Tensor channelShuffle(const at::Tensor& input, std::int64_t groups);

// Branches side by side, their outputs joined along the channels.
class Branches : public Layer {
  public:
    explicit Branches(const std::vector<std::pair<std::string, LayerPtr>>& branches);
    at::Tensor forward(const at::Tensor& input) override;
    Wiring wiring() const override { return Wiring::Branches; }

  private:
    std::vector<LayerPtr> m_branches;
};

}  // namespace graft::backbones
