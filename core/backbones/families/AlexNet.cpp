// SPDX-License-Identifier: GPL-3.0-or-later
// Krizhevsky: One weird trick for parallelizing convolutional neural networks (2014), the variant of AlexNet
// that torchvision has. A unit is a convolution or one of the two large linear layers.
#include "core/backbones/torch/Backbone.h"

namespace graft::backbones {

namespace {

Backbone makeAlexNet() {
    struct Conv {
        int index;  // torchvision counts the activations and pools too
        ConvOptions options;
        bool pool;
    };
    const Conv convs[] = {
        {0, {.in = 3, .out = 64, .kernel = 11, .stride = 4, .padding = 2, .bias = true}, true},
        {3, {.in = 64, .out = 192, .kernel = 5, .padding = 2, .bias = true}, true},
        {6, {.in = 192, .out = 384, .kernel = 3, .padding = 1, .bias = true}, false},
        {8, {.in = 384, .out = 256, .kernel = 3, .padding = 1, .bias = true}, false},
        {10, {.in = 256, .out = 256, .kernel = 3, .padding = 1, .bias = true}, true}};
    const auto relu = [] { return std::make_shared<Activation>(Function::Relu); };
    Backbone net;
    for (const Conv& conv : convs) {
        net.addUnit("features." + std::to_string(conv.index), "features",
                    std::make_shared<Conv2d>(conv.options), {relu()});
        if (conv.pool) net.units.back().steps.push_back(std::make_shared<MaxPool2d>(3, 2));
    }
    constexpr std::int64_t kHidden = 4096;
    constexpr std::int64_t kGrid = 6;
    const auto addLinear = [&](const std::string& name, std::int64_t in) {
        net.addUnit(name, "classifier", std::make_shared<Linear>(in, kHidden), {relu()});
        auto& steps = net.units.back().steps;
        steps.insert(steps.begin(), std::make_shared<Dropout>(0.5));
    };
    addLinear("classifier.1", 256 * kGrid * kGrid);
    net.units.back().steps.insert(net.units.back().steps.begin(), std::make_shared<PooledGrid>(kGrid));
    addLinear("classifier.4", kHidden);
    net.featureChannels = kHidden;
    net.classifierName = "classifier.6";
    net.classifierKind = ClassifierKind::Linear;
    net.smallestInput = 63;
    return net;
}

}  // namespace

std::vector<Architecture> alexNets() {
    return {{"alexnet", makeAlexNet}};
}

}  // namespace graft::backbones
