// SPDX-License-Identifier: GPL-3.0-or-later
// Tan et al.: MnasNet (2019), model B1; stages are the boxes of its figure 7.
#include "core/backbones/torch/Backbone.h"
#include "core/backbones/torch/Blocks.h"

namespace graft::backbones {

namespace {

// The paper's 0.9997 is the share that stays.
constexpr NormOptions kNorm{1e-5, 1.0 - 0.9997};

// Expansion, depthwise convolution, projection; each with batch norm, all in one list as torchvision counts.
LayerPtr block(std::int64_t in, std::int64_t out, std::int64_t kernel, std::int64_t stride,
               std::int64_t expansion) {
    const std::int64_t width = in * expansion;
    const auto norm = [](std::int64_t channels) { return std::make_shared<BatchNorm2d>(channels, kNorm); };
    const auto relu = [] { return std::make_shared<Activation>(Function::Relu); };
    const auto layers = std::make_shared<Chain>(std::vector<LayerPtr>{
        std::make_shared<Conv2d>(ConvOptions{.in = in, .out = width}), norm(width), relu(),
        std::make_shared<Conv2d>(ConvOptions{.in = width,
                                             .out = width,
                                             .kernel = kernel,
                                             .stride = stride,
                                             .padding = kernel / 2,
                                             .groups = width}),
        norm(width), relu(), std::make_shared<Conv2d>(ConvOptions{.in = width, .out = out}), norm(out)});
    return std::make_shared<Residual>("layers", layers, stride == 1 && in == out);
}

Backbone makeMnasNet(double alpha) {
    struct Stack {
        std::int64_t channels, kernel, stride, expansion, repeats;
    };
    static constexpr Stack kStacks[] = {{24, 3, 2, 3, 3}, {40, 5, 2, 3, 3},  {80, 5, 2, 6, 3},
                                        {96, 3, 1, 6, 2}, {192, 5, 2, 6, 4}, {320, 3, 1, 6, 1}};
    const auto scaled = [alpha](std::int64_t channels) {
        return makeDivisible(static_cast<double>(channels) * alpha);
    };
    Backbone net;
    // A convolution, its norm and its activation lie one behind the other in torchvision's list.
    const auto addConv = [&net](int index, const std::string& stage, const ConvOptions& options,
                                const LayerPtr& function) {
        net.addUnit("layers." + std::to_string(index), stage, std::make_shared<Conv2d>(options));
        auto& steps = net.units.back().steps;
        steps.push_back(net.place("layers." + std::to_string(index + 1),
                                  std::make_shared<BatchNorm2d>(options.out, kNorm)));
        if (function) steps.push_back(function);
    };
    const auto relu = [] { return std::make_shared<Activation>(Function::Relu); };
    std::int64_t channels = scaled(32);
    addConv(0, "stem", {.in = 3, .out = channels, .kernel = 3, .stride = 2, .padding = 1}, relu());
    addConv(3, "stage1", {.in = channels, .out = channels, .kernel = 3, .padding = 1, .groups = channels},
            relu());
    addConv(6, "stage1", {.in = channels, .out = scaled(16)}, nullptr);
    channels = scaled(16);
    int index = 8;
    for (const Stack& stack : kStacks) {
        const std::string stage = "stage" + std::to_string(index - 6);
        for (std::int64_t i = 0; i < stack.repeats; ++i) {
            net.addUnit("layers." + std::to_string(index) + "." + std::to_string(i), stage,
                        block(channels, scaled(stack.channels), stack.kernel, i == 0 ? stack.stride : 1,
                              stack.expansion));
            channels = scaled(stack.channels);
        }
        ++index;
    }
    net.featureChannels = 1280;
    addConv(index, "top", {.in = channels, .out = net.featureChannels}, relu());
    net.classifierName = "classifier.1";
    return net;
}

}  // namespace

std::vector<Architecture> mnasNets() {
    return {{"mnasnet0_5", [] { return makeMnasNet(0.5); }},
            {"mnasnet0_75", [] { return makeMnasNet(0.75); }},
            {"mnasnet1_0", [] { return makeMnasNet(1.0); }},
            {"mnasnet1_3", [] { return makeMnasNet(1.3); }}};
}

}  // namespace graft::backbones
