// SPDX-License-Identifier: GPL-3.0-or-later
// Tan, Le: EfficientNet (2019), table 1, and EfficientNetV2 (2021), table 4; stages are the tables' rows.
#include "core/backbones/torch/Backbone.h"
#include "core/backbones/torch/Blocks.h"

#include <cmath>

namespace graft::backbones {

namespace {

struct Row {
    bool fused;  // one full convolution instead of expansion and depthwise convolution
    std::int64_t expansion, kernel, stride, channels;
    int repeats;
};

struct Shape {
    std::vector<Row> rows;
    std::int64_t stem = 32;
    std::int64_t top = 0;  // 0: four times the last row's
    double width = 1.0;
    double depth = 1.0;
    NormOptions norm = {};
};

constexpr double kDropProbability = 0.2;  // of the last block; grows from 0

LayerPtr fusedBlock(std::int64_t in, const Row& row, std::int64_t out, std::int64_t stride,
                    const NormOptions& norm, double dropProbability) {
    const std::int64_t width = row.expansion * in;
    std::vector<LayerPtr> layers{
        convNorm({.in = in, .out = row.expansion == 1 ? out : width, .kernel = row.kernel, .stride = stride},
                 Function::Silu, norm)};
    if (row.expansion != 1) layers.push_back(convNorm({.in = width, .out = out}, Function::None, norm));
    return std::make_shared<Residual>("block", std::make_shared<Chain>(layers), stride == 1 && in == out,
                                      dropProbability);
}

Backbone makeEfficientNet(const Shape& shape) {
    const auto channelsOf = [&](std::int64_t channels) {
        return makeDivisible(static_cast<double>(channels) * shape.width);
    };
    const auto repeatsOf = [&](const Row& row) {
        return static_cast<int>(std::ceil(row.repeats * shape.depth));
    };
    int blocks = 0;
    for (const Row& row : shape.rows)
        blocks += repeatsOf(row);

    Backbone net;
    std::int64_t channels = channelsOf(shape.stem);
    net.addUnit("features.0", "stem",
                convNorm({.in = 3, .out = channels, .kernel = 3, .stride = 2}, Function::Silu, shape.norm));
    int block = 0;
    int stage = 1;
    for (const Row& row : shape.rows) {
        const std::string number = std::to_string(stage++);
        const std::int64_t out = channelsOf(row.channels);
        for (int i = 0; i < repeatsOf(row); ++i) {
            const std::int64_t stride = i == 0 ? row.stride : 1;
            const double drop = kDropProbability * block++ / blocks;
            LayerPtr layer;
            if (row.fused) {
                layer = fusedBlock(channels, row, out, stride, shape.norm, drop);
            } else {
                layer =
                    invertedResidual({.in = channels,
                                      .width = makeDivisible(static_cast<double>(channels * row.expansion)),
                                      .out = out,
                                      .kernel = row.kernel,
                                      .stride = stride,
                                      .squeezed = std::max<std::int64_t>(1, channels / 4),
                                      .function = Function::Silu,
                                      .squeezeFunction = Function::Silu,
                                      .norm = shape.norm,
                                      .dropProbability = drop});
            }
            net.addUnit("features." + number + "." + std::to_string(i), "stage" + number, layer);
            channels = out;
        }
    }
    net.featureChannels = shape.top > 0 ? shape.top : channels * 4;
    net.addUnit("features." + std::to_string(stage), "top",
                convNorm({.in = channels, .out = net.featureChannels}, Function::Silu, shape.norm));
    net.classifierName = "classifier.1";
    return net;
}

}  // namespace

std::vector<Architecture> efficientNets() {
    static const std::vector<Row> kFirst{
        {false, 1, 3, 1, 16, 1},  {false, 6, 3, 2, 24, 2},  {false, 6, 5, 2, 40, 2}, {false, 6, 3, 2, 80, 3},
        {false, 6, 5, 1, 112, 3}, {false, 6, 5, 2, 192, 4}, {false, 6, 3, 1, 320, 1}};
    static const std::vector<Row> kSmall{{true, 1, 3, 1, 24, 2},   {true, 4, 3, 2, 48, 4},
                                         {true, 4, 3, 2, 64, 4},   {false, 4, 3, 2, 128, 6},
                                         {false, 6, 3, 1, 160, 9}, {false, 6, 3, 2, 256, 15}};
    static const std::vector<Row> kMedium{{true, 1, 3, 1, 24, 3},    {true, 4, 3, 2, 48, 5},
                                          {true, 4, 3, 2, 80, 5},    {false, 4, 3, 2, 160, 7},
                                          {false, 6, 3, 1, 176, 14}, {false, 6, 3, 2, 304, 18},
                                          {false, 6, 3, 1, 512, 5}};
    static const std::vector<Row> kLarge{{true, 1, 3, 1, 32, 4},    {true, 4, 3, 2, 64, 7},
                                         {true, 4, 3, 2, 96, 7},    {false, 4, 3, 2, 192, 10},
                                         {false, 6, 3, 1, 224, 19}, {false, 6, 3, 2, 384, 25},
                                         {false, 6, 3, 1, 640, 7}};
    constexpr NormOptions kLargeNorm{0.001, 0.01};  // of B5 to B7
    constexpr NormOptions kSecondNorm{0.001, 0.1};
    const auto architecture = [](const std::string& name, const Shape& shape) {
        return Architecture{"efficientnet_" + name, [shape] { return makeEfficientNet(shape); }};
    };
    return {architecture("b0", {kFirst, 32, 0, 1.0, 1.0, {}}),
            architecture("b1", {kFirst, 32, 0, 1.0, 1.1, {}}),
            architecture("b2", {kFirst, 32, 0, 1.1, 1.2, {}}),
            architecture("b3", {kFirst, 32, 0, 1.2, 1.4, {}}),
            architecture("b4", {kFirst, 32, 0, 1.4, 1.8, {}}),
            architecture("b5", {kFirst, 32, 0, 1.6, 2.2, kLargeNorm}),
            architecture("b6", {kFirst, 32, 0, 1.8, 2.6, kLargeNorm}),
            architecture("b7", {kFirst, 32, 0, 2.0, 3.1, kLargeNorm}),
            architecture("v2_s", {kSmall, 24, 1280, 1.0, 1.0, kSecondNorm}),
            architecture("v2_m", {kMedium, 24, 1280, 1.0, 1.0, kSecondNorm}),
            architecture("v2_l", {kLarge, 32, 1280, 1.0, 1.0, kSecondNorm})};
}

}  // namespace graft::backbones
