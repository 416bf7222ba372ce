// SPDX-License-Identifier: GPL-3.0-or-later
// Tu et al.: MaxViT (2022), figure 2 and table 1.
#include <torch/types.h>

#include <cmath>

#include "core/backbones/torch/Attention.h"
#include "core/backbones/torch/Backbone.h"
#include "core/backbones/torch/Blocks.h"

namespace graft::backbones {

namespace {

constexpr std::int64_t kWindow = 7;
constexpr std::int64_t kHeadWidth = 32;
// As torchvision has it: the batch's statistics count for 99 %.
constexpr NormOptions kNorm{1e-3, 0.99};

// Norm, expansion, depthwise convolution, squeeze-and-excitation, projection.
class MbConv : public Layer {
  public:
    MbConv(std::int64_t in, std::int64_t out, std::int64_t stride, double dropProbability) {
        const ConvOptions projection{.in = in, .out = out, .bias = true};
        std::vector<LayerPtr> shortcut;
        if (stride == 2) shortcut.push_back(std::make_shared<AvgPool2d>(3, 2, 1));
        if (stride == 2 || in != out) {
            shortcut.push_back(std::make_shared<Conv2d>(projection));
            m_shortcut = adopt(*this, "proj", std::make_shared<Chain>(shortcut));
        }
        const std::int64_t width = 4 * out;
        m_layers = adopt(
            *this, "layers",
            std::make_shared<Chain>(std::vector<std::pair<std::string, LayerPtr>>{
                {"pre_norm", std::make_shared<BatchNorm2d>(in, kNorm)},
                {"conv_a", convNorm({.in = in, .out = width}, Function::Gelu, kNorm)},
                {"conv_b",
                 convNorm({.in = width, .out = width, .kernel = 3, .stride = stride, .groups = width},
                          Function::Gelu, kNorm)},
                {"squeeze_excitation",
                 std::make_shared<SqueezeExcitation>(width, out / 4, Function::Silu, Function::Sigmoid)},
                {"conv_c", std::make_shared<Conv2d>(ConvOptions{.in = width, .out = out, .bias = true})}}));
        m_depth = adopt(*this, "stochastic_depth", std::make_shared<StochasticDepth>(dropProbability));
    }

    at::Tensor forward(const at::Tensor& input) override {
        return (m_shortcut ? m_shortcut->forward(input) : input) + m_depth->forward(m_layers->forward(input));
    }
    Wiring wiring() const override { return Wiring::Residual; }

  private:
    LayerPtr m_shortcut, m_layers, m_depth;
};

class RelativeAttention : public Layer {
  public:
    explicit RelativeAttention(std::int64_t channels)
        : m_project(
              adopt(*this, "to_qkv", std::make_shared<Linear>(channels, 3 * channels, kTransformerLinear))),
          m_merge(adopt(*this, "merge", std::make_shared<Linear>(channels, channels, kTransformerLinear))),
          m_table(register_parameter(
              "relative_position_bias_table",
              torch::zeros({(2 * kWindow - 1) * (2 * kWindow - 1), channels / kHeadWidth}))),
          m_index(register_buffer("relative_position_index", relativePositionIndex(kWindow))) {}

    // windows x tokens x channels
    at::Tensor forward(const at::Tensor& input) override {
        const std::int64_t channels = input.size(2);
        const Heads h = splitHeads(m_project->forward(input), channels / kHeadWidth);
        const at::Tensor key = h.key / std::sqrt(static_cast<double>(channels));
        const at::Tensor scores =
            attentionScores(h.query, key) + relativePositionBias(m_table, m_index, kWindow);
        return m_merge->forward(attend(scores, h.value));
    }

  private:
    LayerPtr m_project, m_merge;
    at::Tensor m_table, m_index;
};

// Attention within windows of 7 x 7 neighbours, or within grids of 7 x 7 tokens spread over the map.
class PartitionAttention : public Layer {
  public:
    PartitionAttention(std::int64_t channels, bool grid, double dropProbability) : m_grid(grid) {
        m_attention =
            adopt(*this, "attn_layer",
                  std::make_shared<Chain>(std::vector<LayerPtr>{
                      std::make_shared<LayerNorm>(channels), std::make_shared<RelativeAttention>(channels)}));
        m_mlp = adopt(*this, "mlp_layer",
                      std::make_shared<Chain>(std::vector<LayerPtr>{
                          std::make_shared<LayerNorm>(channels),
                          std::make_shared<Linear>(channels, 4 * channels, kTransformerLinear),
                          std::make_shared<Activation>(Function::Gelu),
                          std::make_shared<Linear>(4 * channels, channels, kTransformerLinear)}));
        m_depth = adopt(*this, "stochastic_dropout", std::make_shared<StochasticDepth>(dropProbability));
    }

    at::Tensor forward(const at::Tensor& input) override {
        // Whole pictures are left out by stochastic depth, so the branches are added as maps.
        at::Tensor x = input.permute({0, 2, 3, 1});
        const at::Tensor windows = m_attention->forward(toWindows(x, kWindow, m_grid));
        x = x + m_depth->forward(fromWindows(windows, kWindow, x.size(1), x.size(2), m_grid));
        x = x + m_depth->forward(m_mlp->forward(x));
        return x.permute({0, 3, 1, 2});
    }
    Wiring wiring() const override { return Wiring::Residual; }

  private:
    LayerPtr m_attention, m_mlp, m_depth;
    bool m_grid;
};

LayerPtr chain(const std::vector<std::pair<std::string, LayerPtr>>& layers) {
    return std::make_shared<Chain>(layers);
}

Backbone makeMaxVit() {
    static constexpr std::int64_t kChannels[] = {64, 128, 256, 512};
    static constexpr int kLayers[] = {2, 2, 5, 2};
    constexpr int kTotal = 11;
    constexpr double kDropProbability = 0.2;
    Backbone net;
    std::int64_t channels = 64;
    net.addUnit("stem.0", "stem",
                convNorm({.in = 3, .out = channels, .kernel = 3, .stride = 2}, Function::Gelu, kNorm));
    net.addUnit(
        "stem.1", "stem",
        chain({{"0", std::make_shared<Conv2d>(ConvOptions{
                         .in = channels, .out = channels, .kernel = 3, .padding = 1, .bias = true})}}));
    int layer = 0;
    for (std::size_t block = 0; block < std::size(kChannels); ++block) {
        const std::string name = "blocks." + std::to_string(block);
        for (int i = 0; i < kLayers[block]; ++i) {
            const double drop = kDropProbability * layer++ / (kTotal - 1);
            const std::int64_t out = kChannels[block];
            net.addUnit(
                name + ".layers." + std::to_string(i), name,
                chain(
                    {{"layers",
                      chain({{"MBconv", std::make_shared<MbConv>(channels, out, i == 0 ? 2 : 1, drop)},
                             {"window_attention", std::make_shared<PartitionAttention>(out, false, drop)},
                             {"grid_attention", std::make_shared<PartitionAttention>(out, true, drop)}})}}));
            channels = out;
        }
    }
    net.addUnit("classifier.2", "classifier", std::make_shared<LayerNorm>(channels));
    auto& steps = net.units.back().steps;
    steps.insert(steps.begin(), std::make_shared<GlobalAveragePool>());
    net.addUnit("classifier.3", "classifier",
                std::make_shared<Linear>(channels, channels, kTransformerLinear),
                {std::make_shared<Activation>(Function::Tanh)});
    net.featureChannels = channels;
    net.classifierName = "classifier.5";
    net.classifierKind = ClassifierKind::Linear;
    net.classifierBias = false;
    net.smallestInput = 224;
    net.inputMultiple = 224;  // windows of 7 x 7 in maps of 1/4 to 1/32 of the picture
    return net;
}

}  // namespace

std::vector<Architecture> maxVits() {
    return {{"maxvit_t", makeMaxVit}};
}

}  // namespace graft::backbones
