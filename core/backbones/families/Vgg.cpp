// SPDX-License-Identifier: GPL-3.0-or-later
// Simonyan, Zisserman: Very Deep Convolutional Networks (2014), table 1; a stage ends where the picture is
// halved. A unit is a convolution or one of the two large linear layers.
#include "core/backbones/torch/Backbone.h"

namespace graft::backbones {

namespace {

Backbone makeVgg(const std::vector<int>& convsOfStage, bool batchNorm) {
    constexpr std::int64_t kHidden = 4096;
    constexpr std::int64_t kGrid = 7;
    const auto relu = [] { return std::make_shared<Activation>(Function::Relu); };
    Backbone net;
    int index = 0;  // torchvision counts norms, activations and pools too
    std::int64_t channels = 3;
    for (std::size_t stage = 0; stage < convsOfStage.size(); ++stage) {
        const std::int64_t width = std::min<std::int64_t>(64LL << stage, 512);
        for (int i = 0; i < convsOfStage[stage]; ++i) {
            const LayerPtr conv = std::make_shared<Conv2d>(
                ConvOptions{.in = channels, .out = width, .kernel = 3, .padding = 1, .bias = true});
            net.addUnit("features." + std::to_string(index++), "conv" + std::to_string(stage + 1), conv);
            auto& steps = net.units.back().steps;
            if (batchNorm) {
                steps.push_back(
                    net.place("features." + std::to_string(index++), std::make_shared<BatchNorm2d>(width)));
            }
            steps.push_back(relu());
            ++index;
            channels = width;
        }
        net.units.back().steps.push_back(std::make_shared<MaxPool2d>(2, 2));
        ++index;
    }
    const LayerPtr first = std::make_shared<Linear>(channels * kGrid * kGrid, kHidden);
    net.addUnit("classifier.0", "classifier", first, {relu(), std::make_shared<Dropout>(0.5)});
    auto& steps = net.units.back().steps;
    steps.insert(steps.begin(), std::make_shared<PooledGrid>(kGrid));
    net.addUnit("classifier.3", "classifier", std::make_shared<Linear>(kHidden, kHidden),
                {relu(), std::make_shared<Dropout>(0.5)});
    net.featureChannels = kHidden;
    net.classifierName = "classifier.6";
    net.classifierKind = ClassifierKind::Linear;
    return net;
}

}  // namespace

std::vector<Architecture> vggs() {
    const std::pair<const char*, std::vector<int>> depths[] = {{"vgg11", {1, 1, 2, 2, 2}},
                                                               {"vgg13", {2, 2, 2, 2, 2}},
                                                               {"vgg16", {2, 2, 3, 3, 3}},
                                                               {"vgg19", {2, 2, 4, 4, 4}}};
    std::vector<Architecture> all;
    for (const auto& [name, convs] : depths) {
        for (const bool batchNorm : {false, true}) {
            all.push_back({std::string(name) + (batchNorm ? "_bn" : ""),
                           [convs = convs, batchNorm] { return makeVgg(convs, batchNorm); }});
        }
    }
    return all;
}

}  // namespace graft::backbones
