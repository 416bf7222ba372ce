// SPDX-License-Identifier: GPL-3.0-or-later
// Howard et al.: Searching for MobileNetV3 (2019), tables 1 and 2; a stage ends where the picture is halved.
#include "core/backbones/torch/Backbone.h"
#include "core/backbones/torch/Blocks.h"

namespace graft::backbones {

namespace {

struct Row {
    std::int64_t kernel, width, out;
    bool squeezes, hardswish;
    std::int64_t stride;
};

Backbone makeMobileNetV3(const std::vector<Row>& rows, std::int64_t hidden) {
    constexpr NormOptions kNorm{0.001, 0.01};
    Backbone net;
    const auto add = [&net](const std::string& stage, const LayerPtr& layer) {
        net.addUnit("features." + std::to_string(net.units.size()), stage, layer);
    };
    std::int64_t channels = 16;
    add("stem", convNorm({.in = 3, .out = channels, .kernel = 3, .stride = 2}, Function::Hardswish, kNorm));
    int stage = 1;
    for (const Row& row : rows) {
        if (row.stride == 2) ++stage;
        add("stage" + std::to_string(stage),
            invertedResidual(
                {.in = channels,
                 .width = row.width,
                 .out = row.out,
                 .kernel = row.kernel,
                 .stride = row.stride,
                 .squeezed = row.squeezes ? makeDivisible(static_cast<double>(row.width / 4)) : 0,
                 .function = row.hardswish ? Function::Hardswish : Function::Relu,
                 .gate = Function::Hardsigmoid,
                 .norm = kNorm}));
        channels = row.out;
    }
    add("top", convNorm({.in = channels, .out = channels * 6}, Function::Hardswish, kNorm));
    net.addUnit("classifier.0", "classifier", std::make_shared<Linear>(channels * 6, hidden),
                {std::make_shared<Activation>(Function::Hardswish)});
    auto& steps = net.units.back().steps;
    steps.insert(steps.begin(), std::make_shared<GlobalAveragePool>());
    net.featureChannels = hidden;
    net.classifierName = "classifier.3";
    net.classifierKind = ClassifierKind::Linear;
    return net;
}

}  // namespace

std::vector<Architecture> mobileNetV3s() {
    static const std::vector<Row> kLarge{
        {3, 16, 16, false, false, 1}, {3, 64, 24, false, false, 2}, {3, 72, 24, false, false, 1},
        {5, 72, 40, true, false, 2},  {5, 120, 40, true, false, 1}, {5, 120, 40, true, false, 1},
        {3, 240, 80, false, true, 2}, {3, 200, 80, false, true, 1}, {3, 184, 80, false, true, 1},
        {3, 184, 80, false, true, 1}, {3, 480, 112, true, true, 1}, {3, 672, 112, true, true, 1},
        {5, 672, 160, true, true, 2}, {5, 960, 160, true, true, 1}, {5, 960, 160, true, true, 1}};
    static const std::vector<Row> kSmall{
        {3, 16, 16, true, false, 2}, {3, 72, 24, false, false, 2}, {3, 88, 24, false, false, 1},
        {5, 96, 40, true, true, 2},  {5, 240, 40, true, true, 1},  {5, 240, 40, true, true, 1},
        {5, 120, 48, true, true, 1}, {5, 144, 48, true, true, 1},  {5, 288, 96, true, true, 2},
        {5, 576, 96, true, true, 1}, {5, 576, 96, true, true, 1}};
    return {{"mobilenet_v3_large", [] { return makeMobileNetV3(kLarge, 1280); }},
            {"mobilenet_v3_small", [] { return makeMobileNetV3(kSmall, 1024); }}};
}

}  // namespace graft::backbones
