// SPDX-License-Identifier: GPL-3.0-or-later
// Ma, Zhang, Zheng, Sun: ShuffleNet V2 (2018), table 5 and figure 3 (c, d).
#include "core/backbones/torch/Backbone.h"
#include "core/backbones/torch/Blocks.h"

namespace graft::backbones {

namespace {

using Layers = std::vector<LayerPtr>;

void add(Layers& layers, const ConvOptions& options, bool relu) {
    layers.push_back(std::make_shared<Conv2d>(options));
    layers.push_back(std::make_shared<BatchNorm2d>(options.out));
    if (relu) layers.push_back(std::make_shared<Activation>(Function::Relu));
}

ConvOptions depthwise(std::int64_t channels, std::int64_t stride) {
    return {.in = channels, .out = channels, .kernel = 3, .stride = stride, .padding = 1, .groups = channels};
}

// One half of the channels passes, the other goes through three convolutions; with a stride both do.
class ShuffleBlock : public Layer {
  public:
    ShuffleBlock(std::int64_t in, std::int64_t out, std::int64_t stride) {
        const std::int64_t half = out / 2;
        if (stride > 1) {
            Layers first;
            add(first, depthwise(in, stride), false);
            add(first, {.in = in, .out = half}, true);
            m_branch1 = adopt(*this, "branch1", std::make_shared<Chain>(first));
        }
        Layers second;
        add(second, {.in = stride > 1 ? in : half, .out = half}, true);
        add(second, depthwise(half, stride), false);
        add(second, {.in = half, .out = half}, true);
        m_branch2 = adopt(*this, "branch2", std::make_shared<Chain>(second));
    }

    at::Tensor forward(const at::Tensor& input) override {
        if (m_branch1) return join(m_branch1->forward(input), m_branch2->forward(input));
        const auto halves = input.chunk(2, 1);
        return join(halves[0], m_branch2->forward(halves[1]));
    }
    Wiring wiring() const override { return Wiring::Branches; }

  private:
    static at::Tensor join(const at::Tensor& a, const at::Tensor& b) {
        return channelShuffle(at::cat({a, b}, 1), 2);
    }

    LayerPtr m_branch1, m_branch2;
};

Backbone makeShuffleNetV2(const std::vector<std::int64_t>& widths) {
    static constexpr int kRepeats[] = {4, 8, 4};
    Backbone net;
    net.addUnit("conv1", "stem",
                convNorm({.in = 3, .out = widths[0], .kernel = 3, .stride = 2}, Function::Relu),
                {std::make_shared<MaxPool2d>(3, 2, 1)});
    std::int64_t channels = widths[0];
    for (std::size_t i = 0; i < std::size(kRepeats); ++i) {
        const std::string stage = "stage" + std::to_string(i + 2);
        for (int block = 0; block < kRepeats[i]; ++block) {
            net.addUnit(stage + "." + std::to_string(block), stage,
                        std::make_shared<ShuffleBlock>(channels, widths[i + 1], block == 0 ? 2 : 1));
            channels = widths[i + 1];
        }
    }
    net.featureChannels = widths.back();
    net.addUnit("conv5", "top", convNorm({.in = channels, .out = net.featureChannels}, Function::Relu));
    net.classifierName = "fc";
    return net;
}

}  // namespace

std::vector<Architecture> shuffleNets() {
    return {{"shufflenet_v2_x0_5",
             [] {
                 return makeShuffleNetV2({24, 48, 96, 192, 1024});
             }},
            {"shufflenet_v2_x1_0",
             [] {
                 return makeShuffleNetV2({24, 116, 232, 464, 1024});
             }},
            {"shufflenet_v2_x1_5",
             [] {
                 return makeShuffleNetV2({24, 176, 352, 704, 1024});
             }},
            {"shufflenet_v2_x2_0", [] {
                 return makeShuffleNetV2({24, 244, 488, 976, 2048});
             }}};
}

}  // namespace graft::backbones
