// SPDX-License-Identifier: GPL-3.0-or-later
// Sandler, Howard, Zhu, Zhmoginov, Chen: MobileNetV2 (2018), table 2; stages are the table's rows.
#include "core/backbones/torch/Backbone.h"
#include "core/backbones/torch/Blocks.h"

namespace graft::backbones {

namespace {

Backbone makeMobileNetV2() {
    struct Row {
        std::int64_t expansion, channels, repeats, stride;
    };
    static constexpr Row kRows[] = {{1, 16, 1, 1}, {6, 24, 2, 2},  {6, 32, 3, 2}, {6, 64, 4, 2},
                                    {6, 96, 3, 1}, {6, 160, 3, 2}, {6, 320, 1, 1}};
    Backbone net;
    const auto add = [&net](const std::string& stage, const LayerPtr& layer) {
        net.addUnit("features." + std::to_string(net.units.size()), stage, layer);
    };
    std::int64_t channels = 32;
    add("stem", convNorm({.in = 3, .out = channels, .kernel = 3, .stride = 2}, Function::Relu6));
    int stage = 0;
    for (const Row& row : kRows) {
        const std::string stageName = "stage" + std::to_string(++stage);
        for (std::int64_t i = 0; i < row.repeats; ++i) {
            add(stageName, invertedResidual({.in = channels,
                                             .width = channels * row.expansion,
                                             .out = row.channels,
                                             .stride = i == 0 ? row.stride : 1,
                                             .branchName = "conv",
                                             .flatProjection = true}));
            channels = row.channels;
        }
    }
    net.featureChannels = 1280;
    add("top", convNorm({.in = channels, .out = net.featureChannels}, Function::Relu6));
    net.classifierName = "classifier.1";
    return net;
}

}  // namespace

std::vector<Architecture> mobileNetV2s() {
    return {{"mobilenet_v2", makeMobileNetV2}};
}

}  // namespace graft::backbones
