// SPDX-License-Identifier: GPL-3.0-or-later
// Szegedy et al.: Going Deeper with Convolutions (2014), table 1, with batch norm and torchvision's 3 x 3 in
// the place of the 5 x 5 convolutions. The auxiliary classifiers, which only training from scratch needs, are
// left out.
#include "core/backbones/torch/Backbone.h"
#include "core/backbones/torch/InceptionParts.h"

namespace graft::backbones {

namespace {

struct Widths {
    std::int64_t one, threeIn, three, fiveIn, five, pool;
    std::int64_t sum() const { return one + three + five + pool; }
};

LayerPtr inception(std::int64_t in, const Widths& w) {
    const auto chain = [](const std::vector<LayerPtr>& layers) { return std::make_shared<Chain>(layers); };
    return std::make_shared<Branches>(std::vector<std::pair<std::string, LayerPtr>>{
        {"branch1", basicConv({.in = in, .out = w.one})},
        {"branch2", chain({basicConv({.in = in, .out = w.threeIn}),
                           basicConv({.in = w.threeIn, .out = w.three, .kernel = 3, .padding = 1})})},
        {"branch3", chain({basicConv({.in = in, .out = w.fiveIn}),
                           basicConv({.in = w.fiveIn, .out = w.five, .kernel = 3, .padding = 1})})},
        {"branch4",
         chain({std::make_shared<MaxPool2d>(3, 1, 1, true), basicConv({.in = in, .out = w.pool})})}});
}

Backbone makeGoogLeNet() {
    const std::pair<const char*, Widths> blocks[] = {
        {"3a", {64, 96, 128, 16, 32, 32}},     {"3b", {128, 128, 192, 32, 96, 64}},
        {"4a", {192, 96, 208, 16, 48, 64}},    {"4b", {160, 112, 224, 24, 64, 64}},
        {"4c", {128, 128, 256, 24, 64, 64}},   {"4d", {112, 144, 288, 32, 64, 64}},
        {"4e", {256, 160, 320, 32, 128, 128}}, {"5a", {256, 160, 320, 32, 128, 128}},
        {"5b", {384, 192, 384, 48, 128, 128}}};
    Backbone net;
    const auto pool = [](std::int64_t kernel) { return std::make_shared<MaxPool2d>(kernel, 2, 0, true); };
    net.addUnit("conv1", "stem", basicConv({.in = 3, .out = 64, .kernel = 7, .stride = 2, .padding = 3}),
                {pool(3)});
    net.addUnit("conv2", "stem", basicConv({.in = 64, .out = 64}));
    net.addUnit("conv3", "stem", basicConv({.in = 64, .out = 192, .kernel = 3, .padding = 1}), {pool(3)});
    std::int64_t channels = 192;
    for (const auto& [name, widths] : blocks) {
        net.addUnit(std::string("inception") + name, std::string("inception") + name[0],
                    inception(channels, widths));
        channels = widths.sum();
        if (std::string(name) == "3b") net.units.back().steps.push_back(pool(3));
        if (std::string(name) == "4e") net.units.back().steps.push_back(pool(2));
    }
    net.featureChannels = channels;
    net.classifierName = "fc";
    net.leftOut = {"aux1.", "aux2."};
    return net;
}

}  // namespace

std::vector<Architecture> googLeNets() {
    return {{"googlenet", makeGoogLeNet}};
}

}  // namespace graft::backbones
