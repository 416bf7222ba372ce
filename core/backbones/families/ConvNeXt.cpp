// SPDX-License-Identifier: GPL-3.0-or-later
// Liu et al.: A ConvNet for the 2020s (2022), figure 4 and section 3; the layer that halves the map opens a
// stage.
#include <torch/types.h>

#include "core/backbones/torch/Attention.h"
#include "core/backbones/torch/Backbone.h"

namespace graft::backbones {

namespace {

constexpr double kEpsilon = 1e-6;  // of the layer norms

// The branch's layers as torchvision counts them: 0 depthwise convolution, 2 norm, 3 and 5 linear.
class ConvNeXtBlock : public Layer {
  public:
    ConvNeXtBlock(std::int64_t channels, double dropProbability)
        : m_scale(register_parameter("layer_scale", torch::full({channels, 1, 1}, 1e-6))) {
        m_branch = adopt(*this, "block",
                         std::make_shared<Chain>(std::vector<std::pair<std::string, LayerPtr>>{
                             {"0", std::make_shared<Conv2d>(ConvOptions{.in = channels,
                                                                        .out = channels,
                                                                        .kernel = 7,
                                                                        .padding = 3,
                                                                        .groups = channels,
                                                                        .bias = true})},
                             {"1", std::make_shared<ChannelsLast>()},
                             {"2", std::make_shared<LayerNorm>(channels, kEpsilon)},
                             {"3", std::make_shared<Linear>(channels, 4 * channels, kTransformerLinear)},
                             {"4", std::make_shared<Activation>(Function::Gelu)},
                             {"5", std::make_shared<Linear>(4 * channels, channels, kTransformerLinear)},
                             {"6", std::make_shared<ChannelsFirst>()}}));
        m_depth = adopt(*this, "stochastic_depth", std::make_shared<StochasticDepth>(dropProbability));
    }

    at::Tensor forward(const at::Tensor& input) override {
        return input + m_depth->forward(m_scale * m_branch->forward(input));
    }
    Wiring wiring() const override { return Wiring::Residual; }

  private:
    at::Tensor m_scale;
    LayerPtr m_branch, m_depth;
};

Backbone makeConvNeXt(const std::vector<int>& blocks, std::int64_t channels, double dropProbability) {
    int total = 0;
    for (const int count : blocks)
        total += count;
    const auto conv = [](std::int64_t in, std::int64_t out, std::int64_t side) {
        return std::make_shared<Conv2d>(
            ConvOptions{.in = in, .out = out, .kernel = side, .stride = side, .bias = true});
    };
    const auto norm = [](std::int64_t width) { return std::make_shared<LayerNorm2d>(width, kEpsilon); };

    Backbone net;
    net.addUnit("features.0", "stem",
                std::make_shared<Chain>(std::vector<LayerPtr>{conv(3, channels, 4), norm(channels)}));
    int index = 1;
    int block = 0;
    for (std::size_t stage = 0; stage < blocks.size(); ++stage) {
        const std::string stageName = "stage" + std::to_string(stage + 1);
        if (stage > 0) {
            net.addUnit("features." + std::to_string(index++), stageName,
                        std::make_shared<Chain>(
                            std::vector<LayerPtr>{norm(channels), conv(channels, 2 * channels, 2)}));
            channels *= 2;
        }
        for (int i = 0; i < blocks[stage]; ++i) {
            net.addUnit("features." + std::to_string(index) + "." + std::to_string(i), stageName,
                        std::make_shared<ConvNeXtBlock>(channels, dropProbability * block++ / (total - 1)));
        }
        ++index;
    }
    net.addUnit("classifier.0", "classifier", std::make_shared<LayerNorm>(channels, kEpsilon));
    auto& steps = net.units.back().steps;
    steps.insert(steps.begin(), std::make_shared<GlobalAveragePool>());
    net.featureChannels = channels;
    net.classifierName = "classifier.2";
    net.classifierKind = ClassifierKind::Linear;
    return net;
}

}  // namespace

std::vector<Architecture> convNeXts() {
    return {{"convnext_tiny",
             [] {
                 return makeConvNeXt({3, 3, 9, 3}, 96, 0.1);
             }},
            {"convnext_small",
             [] {
                 return makeConvNeXt({3, 3, 27, 3}, 96, 0.4);
             }},
            {"convnext_base",
             [] {
                 return makeConvNeXt({3, 3, 27, 3}, 128, 0.5);
             }},
            {"convnext_large", [] {
                 return makeConvNeXt({3, 3, 27, 3}, 192, 0.5);
             }}};
}

}  // namespace graft::backbones
