// SPDX-License-Identifier: GPL-3.0-or-later
// A pretrained network without its classifier: an ordered list of units, each a tensor-to-tensor step.
// A forward pass is the fold over the units, so any range of them can run alone. To add a family, write
// one file like ResNet.cpp and one line in Backbone.cpp's registry.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "core/backbones/detail/Layers.h"
#include "core/base/Result.h"

namespace graft::backbones {

struct Unit {
    std::string name;             // as in torchvision's state dict: "layer4.1"
    std::string stage;            // "layer4"
    std::vector<LayerPtr> steps;  // the layers of this unit, in order

    at::Tensor forward(const at::Tensor& input) const;
    std::vector<at::Tensor> parameters() const;
    void train(bool on) const;
};

// How torchvision's own classifier reads the last feature map.
enum class ClassifierKind {
    PooledLinear,     // average over the positions, then one linear layer
    ConvolutionRelu,  // SqueezeNet: a 1 x 1 convolution and ReLU, then the average over the positions
};

struct Backbone {
    // Every parameter lies below root under torchvision's name.
    std::shared_ptr<torch::nn::Module> root = std::make_shared<Chain>();
    std::vector<Unit> units;
    std::int64_t featureChannels = 0;
    std::string classifierName;  // of the last layer: "fc", "classifier.1"
    ClassifierKind classifierKind = ClassifierKind::PooledLinear;
    int smallestInput = 32;  // pixels
};

// With random weights from LibTorch's generator (seed it with at::manual_seed).
// Errors: NotFound, as findBackbone.
Result<Backbone> makeBackbone(const std::string& name);

// The module at a dotted path, making empty ones on the way: childAt(root, "layer1").
torch::nn::Module& childAt(torch::nn::Module& root, const std::string& path);

// Families.
Backbone makeResNet(const std::vector<int>& blocks, bool bottleneck);
Backbone makeMobileNetV2();
Backbone makeSqueezeNet(bool version11);

}  // namespace graft::backbones
