// SPDX-License-Identifier: GPL-3.0-or-later
// Woo et al.: ConvNeXt V2 (2023), figure 5 and appendix A.1, under the authors' names: a ConvNeXt whose
// blocks have global response normalization in place of a layer scale.
#include <torch/types.h>

#include "core/backbones/torch/Attention.h"
#include "core/backbones/torch/Backbone.h"
#include "core/backbones/torch/OtherNames.h"

namespace graft::backbones {

namespace {

constexpr double kEpsilon = 1e-6;  // of the norms

// Section 3.2, algorithm 1, on N x H x W x C: each channel's share in the length of all channels over the
// picture scales it.
class ResponseNorm : public Layer {
  public:
    explicit ResponseNorm(std::int64_t channels)
        : m_gamma(register_parameter("gamma", torch::zeros({1, 1, 1, channels}))),
          m_beta(register_parameter("beta", torch::zeros({1, 1, 1, channels}))) {}

    at::Tensor forward(const at::Tensor& input) override {
        const at::Tensor length = at::norm(input, 2, {1, 2}, true);
        const at::Tensor share = length / (length.mean(-1, true) + kEpsilon);
        return m_gamma * (input * share) + m_beta + input;
    }

  private:
    at::Tensor m_gamma, m_beta;
};

class Block : public Layer {
  public:
    Block(std::int64_t channels, double dropProbability)
        : m_depthwise(adopt(*this, "dwconv",
                            std::make_shared<Conv2d>(ConvOptions{.in = channels,
                                                                 .out = channels,
                                                                 .kernel = 7,
                                                                 .padding = 3,
                                                                 .groups = channels,
                                                                 .bias = true}))),
          m_norm(adopt(*this, "norm", std::make_shared<LayerNorm>(channels, kEpsilon))),
          m_widen(
              adopt(*this, "pwconv1", std::make_shared<Linear>(channels, 4 * channels, kTransformerLinear))),
          m_response(adopt(*this, "grn", std::make_shared<ResponseNorm>(4 * channels))),
          m_narrow(
              adopt(*this, "pwconv2", std::make_shared<Linear>(4 * channels, channels, kTransformerLinear))),
          m_depth(adopt(*this, "drop_path", std::make_shared<StochasticDepth>(dropProbability))) {}

    at::Tensor forward(const at::Tensor& input) override {
        const at::Tensor x = m_norm->forward(m_depthwise->forward(input).permute({0, 2, 3, 1}));
        const at::Tensor wide = m_response->forward(activate(Function::Gelu, m_widen->forward(x)));
        return input + m_depth->forward(m_narrow->forward(wide).permute({0, 3, 1, 2}));
    }
    Wiring wiring() const override { return Wiring::Residual; }

  private:
    LayerPtr m_depthwise, m_norm, m_widen, m_response, m_narrow, m_depth;
};

// timm's files of the same weights, in which a scale has one side only and, in the small variants, the linear
// layers are 1 x 1 convolutions.
void adapt(weights::StateDict& file) {
    if (file.find("stem.0.weight") == nullptr) return;
    rename(file, {{"^stem.", "downsample_layers.0."},
                  {"^stages.1.downsample.", "downsample_layers.1."},
                  {"^stages.2.downsample.", "downsample_layers.2."},
                  {"^stages.3.downsample.", "downsample_layers.3."},
                  {".blocks.", "."},
                  {".conv_dw.", ".dwconv."},
                  {".mlp.fc", ".pwconv"},
                  {".mlp.grn.weight", ".grn.gamma"},
                  {".mlp.grn.bias", ".grn.beta"},
                  {"^head.norm.", "norm."},
                  {"^head.fc.", "head."}});
    for (auto& [name, tensor] : file.tensors) {
        auto& shape = tensor.shape;
        if (name.find(".grn.") != name.npos && shape.size() == 1) shape.insert(shape.begin(), 3, 1);
        const bool isPoint =
            name.find(".pwconv") != name.npos && shape.size() == 4 && shape[2] == 1 && shape[3] == 1;
        if (isPoint) shape.resize(2);
    }
}

// dropProbability: of the last block, growing from 0; as in the authors' commands.
Backbone makeConvNeXtV2(const std::vector<int>& blocks, std::int64_t channels, double dropProbability) {
    int total = 0;
    for (const int count : blocks)
        total += count;
    const auto conv = [](std::int64_t in, std::int64_t out, std::int64_t side) {
        return std::make_shared<Conv2d>(
            ConvOptions{.in = in, .out = out, .kernel = side, .stride = side, .bias = true});
    };
    const auto norm = [](std::int64_t width) { return std::make_shared<LayerNorm2d>(width, kEpsilon); };

    Backbone net;
    net.addUnit("downsample_layers.0", "stem",
                std::make_shared<Chain>(std::vector<LayerPtr>{conv(3, channels, 4), norm(channels)}));
    int block = 0;
    for (std::size_t i = 0; i < blocks.size(); ++i) {
        const std::string stage = "stage" + std::to_string(i + 1);
        const std::string number = std::to_string(i);
        if (i > 0) {
            net.addUnit("downsample_layers." + number, stage,
                        std::make_shared<Chain>(
                            std::vector<LayerPtr>{norm(channels), conv(channels, 2 * channels, 2)}));
            channels *= 2;
        }
        for (int j = 0; j < blocks[i]; ++j) {
            net.addUnit("stages." + number + "." + std::to_string(j), stage,
                        std::make_shared<Block>(channels, dropProbability * block++ / (total - 1)));
        }
    }
    net.addUnit("norm", "classifier", std::make_shared<LayerNorm>(channels, kEpsilon));
    auto& steps = net.units.back().steps;
    steps.insert(steps.begin(), std::make_shared<GlobalAveragePool>());
    net.featureChannels = channels;
    net.classifierName = "head";
    net.classifierKind = ClassifierKind::Linear;
    net.adapt = adapt;
    return net;
}

}  // namespace

std::vector<Architecture> convNeXtV2s() {
    const auto architecture = [](const std::string& name, const std::vector<int>& blocks,
                                 std::int64_t channels, double dropProbability) {
        return Architecture{"convnextv2_" + name,
                            [=] { return makeConvNeXtV2(blocks, channels, dropProbability); }};
    };
    return {architecture("atto", {2, 2, 6, 2}, 40, 0.1),   architecture("femto", {2, 2, 6, 2}, 48, 0.1),
            architecture("pico", {2, 2, 6, 2}, 64, 0.1),   architecture("nano", {2, 2, 8, 2}, 80, 0.1),
            architecture("tiny", {3, 3, 9, 3}, 96, 0.2),   architecture("base", {3, 3, 27, 3}, 128, 0.1),
            architecture("large", {3, 3, 27, 3}, 192, 0.1)};
}

}  // namespace graft::backbones
