// SPDX-License-Identifier: GPL-3.0-or-later
// Liu et al.: Swin Transformer (2021), figure 3, and Swin Transformer V2 (2022), figure 1; the layer that
// halves the map opens a stage. Between units the map is N x C x H x W, inside them N x H x W x C: the same
// memory.
#include <torch/types.h>

#include <cmath>

#include "core/backbones/torch/Attention.h"
#include "core/backbones/torch/Backbone.h"

namespace graft::backbones {

namespace {

struct Shape {
    std::int64_t channels;  // of the first stage
    std::vector<int> blocks;
    std::vector<std::int64_t> heads;
    double dropProbability;
    bool
        second;  // version 2: cosine attention, norms behind the branches, position bias from a small network
    std::int64_t window() const { return second ? 8 : 7; }
};

// Where V2's bias network is asked: offsets of -window+1 to window-1 in both directions, on a logarithmic
// scale.
at::Tensor relativeCoordinates(std::int64_t side) {
    const at::Tensor line =
        at::arange(-(side - 1), side, torch::kFloat) / static_cast<double>(side - 1) * 8.0;
    const at::Tensor scaled = at::sign(line) * at::log2(at::abs(line) + 1.0) / 3.0;
    const std::int64_t count = 2 * side - 1;
    return at::stack({scaled.unsqueeze(1).expand({count, count}), scaled.unsqueeze(0).expand({count, count})},
                     2)
        .unsqueeze(0)
        .contiguous();
}

class WindowAttention : public Layer {
  public:
    WindowAttention(std::int64_t channels, std::int64_t heads, bool shifted, const Shape& shape)
        : m_project(
              adopt(*this, "qkv", std::make_shared<Linear>(channels, 3 * channels, kTransformerLinear))),
          m_output(adopt(*this, "proj", std::make_shared<Linear>(channels, channels, kTransformerLinear))),
          m_side(shape.window()),
          m_heads(heads),
          m_shifted(shifted) {
        if (!shape.second) {
            const std::int64_t offsets = (2 * m_side - 1) * (2 * m_side - 1);
            m_table = register_parameter("relative_position_bias_table", torch::zeros({offsets, heads}));
            registerIndex();
            return;
        }
        m_scale = register_parameter("logit_scale", torch::full({heads, 1, 1}, std::log(10.0)));
        m_coordinates = register_buffer("relative_coords_table", relativeCoordinates(m_side));
        registerIndex();
        m_biasNetwork = adopt(
            *this, "cpb_mlp",
            std::make_shared<Chain>(std::vector<LayerPtr>{
                std::make_shared<Linear>(2, 512, kTransformerLinear),
                std::make_shared<Activation>(Function::Relu),
                std::make_shared<Linear>(512, heads, LinearOptions{false, kTransformerLinear.deviation})}));
    }

    // N x H x W x C
    at::Tensor forward(const at::Tensor& input) override {
        const std::int64_t height = input.size(1);
        const std::int64_t width = input.size(2);
        const std::int64_t paddedHeight = (height + m_side - 1) / m_side * m_side;
        const std::int64_t paddedWidth = (width + m_side - 1) / m_side * m_side;
        at::Tensor x = at::constant_pad_nd(input, {0, 0, 0, paddedWidth - width, 0, paddedHeight - height});
        // A single window has nothing to shift to.
        const std::int64_t down = m_shifted && m_side < paddedHeight ? m_side / 2 : 0;
        const std::int64_t across = m_shifted && m_side < paddedWidth ? m_side / 2 : 0;
        const bool shifts = down + across > 0;
        if (shifts) x = at::roll(x, {-down, -across}, {1, 2});

        const Heads h = splitHeads(project(toWindows(x, m_side)), m_heads);
        at::Tensor scores = m_scale.defined() ? cosineScores(h) : dotScores(h);
        scores = scores + positionBias();
        if (shifts) scores = masked(scores, paddedHeight, paddedWidth, down, across);
        x = fromWindows(m_output->forward(attend(scores, h.value)), m_side, paddedHeight, paddedWidth);

        if (shifts) x = at::roll(x, {down, across}, {1, 2});
        return x.narrow(1, 0, height).narrow(2, 0, width);
    }

  private:
    void registerIndex() {
        m_index = register_buffer("relative_position_index", relativePositionIndex(m_side).flatten());
    }

    at::Tensor project(const at::Tensor& windows) const {
        if (!m_scale.defined()) return m_project->forward(windows);
        // V2 gives the keys no bias, whatever the file says.
        CostCounter::add(windows.numel() * m_project->weight.size(0));
        const std::int64_t channels = windows.size(-1);
        const at::Tensor& bias = m_project->bias;
        const at::Tensor noKeys =
            at::cat({bias.narrow(0, 0, channels), at::zeros_like(bias.narrow(0, 0, channels)),
                     bias.narrow(0, 2 * channels, channels)});
        return at::linear(windows, m_project->weight, noKeys);
    }

    static at::Tensor dotScores(const Heads& h) {
        return attentionScores(h.query / std::sqrt(static_cast<double>(h.query.size(-1))), h.key);
    }

    at::Tensor cosineScores(const Heads& h) const {
        const auto unit = [](const at::Tensor& x) {
            return x / at::linalg_vector_norm(x, 2, at::IntArrayRef{-1}, true).clamp_min(1e-12);
        };
        return attentionScores(unit(h.query), unit(h.key)) * m_scale.clamp_max(std::log(100.0)).exp();
    }

    at::Tensor positionBias() const {
        if (m_table.defined()) return relativePositionBias(m_table, m_index, m_side);
        const at::Tensor table = m_biasNetwork->forward(m_coordinates).reshape({-1, m_heads});
        return 16.0 * at::sigmoid(relativePositionBias(table, m_index, m_side));
    }

    // After the shift a window may hold parts of the picture that are no neighbours: they must not see each
    // other.
    at::Tensor masked(const at::Tensor& scores, std::int64_t height, std::int64_t width, std::int64_t down,
                      std::int64_t across) const {
        const auto parts = [this](std::int64_t length, std::int64_t shift) {
            at::Tensor part = at::zeros({length}, torch::kFloat);
            part.narrow(0, length - m_side, m_side).fill_(1.0);
            if (shift > 0) part.narrow(0, length - shift, shift).fill_(2.0);
            return part;
        };
        const at::Tensor map = parts(height, down).unsqueeze(1) * 3.0 + parts(width, across).unsqueeze(0);
        const at::Tensor windows = toWindows(map.reshape({1, height, width, 1}), m_side).squeeze(2);
        const at::Tensor apart = windows.unsqueeze(1).ne(windows.unsqueeze(2));
        const at::Tensor mask = (apart.to(torch::kFloat) * -100.0)
                                    .to(scores.options())
                                    .unsqueeze(1);  // windows x 1 x tokens x tokens
        const std::int64_t tokens = m_side * m_side;
        return (scores.reshape({-1, mask.size(0), m_heads, tokens, tokens}) + mask)
            .reshape({-1, m_heads, tokens, tokens});
    }

    std::shared_ptr<Linear> m_project;
    LayerPtr m_output;
    at::Tensor m_index;
    at::Tensor m_table;                 // version 1
    at::Tensor m_scale, m_coordinates;  // version 2
    LayerPtr m_biasNetwork;             // version 2
    std::int64_t m_side, m_heads;
    bool m_shifted;
};

class SwinBlock : public Layer {
  public:
    SwinBlock(std::int64_t channels, std::int64_t heads, bool shifted, double dropProbability,
              const Shape& shape)
        : m_norm1(adopt(*this, "norm1", std::make_shared<LayerNorm>(channels))),
          m_attention(
              adopt(*this, "attn", std::make_shared<WindowAttention>(channels, heads, shifted, shape))),
          m_depth(adopt(*this, "stochastic_depth", std::make_shared<StochasticDepth>(dropProbability))),
          m_norm2(adopt(*this, "norm2", std::make_shared<LayerNorm>(channels))),
          m_mlp(adopt(*this, "mlp", mlp(channels, 4 * channels))),
          m_second(shape.second) {}

    at::Tensor forward(const at::Tensor& input) override {
        at::Tensor x = input.permute({0, 2, 3, 1});
        x = x + m_depth->forward(branch(*m_norm1, *m_attention, x));
        x = x + m_depth->forward(branch(*m_norm2, *m_mlp, x));
        return x.permute({0, 3, 1, 2});
    }
    Wiring wiring() const override { return Wiring::Residual; }

  private:
    at::Tensor branch(Layer& norm, Layer& layer, const at::Tensor& x) const {
        return m_second ? norm.forward(layer.forward(x)) : layer.forward(norm.forward(x));
    }

    LayerPtr m_norm1, m_attention, m_depth, m_norm2, m_mlp;
    bool m_second;
};

// Halves the map: four neighbours become one token of twice the channels.
class PatchMerging : public Layer {
  public:
    PatchMerging(std::int64_t channels, bool second)
        : m_reduce(adopt(*this, "reduction",
                         std::make_shared<Linear>(4 * channels, 2 * channels,
                                                  LinearOptions{false, kTransformerLinear.deviation}))),
          m_norm(adopt(*this, "norm", std::make_shared<LayerNorm>((second ? 2 : 4) * channels))),
          m_second(second) {}

    at::Tensor forward(const at::Tensor& input) override {
        const at::Tensor map = input.permute({0, 2, 3, 1});
        const at::Tensor even = at::constant_pad_nd(map, {0, 0, 0, map.size(2) % 2, 0, map.size(1) % 2});
        const auto every = [&](std::int64_t row, std::int64_t column) {
            return even.slice(1, row, c10::nullopt, 2).slice(2, column, c10::nullopt, 2);
        };
        const at::Tensor x = at::cat({every(0, 0), every(1, 0), every(0, 1), every(1, 1)}, 3);
        const at::Tensor merged =
            m_second ? m_norm->forward(m_reduce->forward(x)) : m_reduce->forward(m_norm->forward(x));
        return merged.permute({0, 3, 1, 2});
    }

  private:
    LayerPtr m_reduce, m_norm;
    bool m_second;
};

Backbone makeSwin(const Shape& shape) {
    int total = 0;
    for (const int count : shape.blocks)
        total += count;
    Backbone net;
    std::int64_t channels = shape.channels;
    net.addUnit("features.0", "stem",
                std::make_shared<Chain>(std::vector<std::pair<std::string, LayerPtr>>{
                    {"0", std::make_shared<Conv2d>(
                              ConvOptions{.in = 3, .out = channels, .kernel = 4, .stride = 4, .bias = true})},
                    {"2", std::make_shared<LayerNorm2d>(channels)}}));
    int index = 1;
    int block = 0;
    for (std::size_t stage = 0; stage < shape.blocks.size(); ++stage) {
        const std::string stageName = "stage" + std::to_string(stage + 1);
        if (stage > 0) {
            net.addUnit("features." + std::to_string(index++), stageName,
                        std::make_shared<PatchMerging>(channels, shape.second));
            channels *= 2;
        }
        for (int i = 0; i < shape.blocks[stage]; ++i) {
            net.addUnit("features." + std::to_string(index) + "." + std::to_string(i), stageName,
                        std::make_shared<SwinBlock>(channels, shape.heads[stage], i % 2 == 1,
                                                    shape.dropProbability * block++ / (total - 1), shape));
        }
        ++index;
    }
    net.addUnit("norm", "top", std::make_shared<LayerNorm2d>(channels));
    net.featureChannels = channels;
    net.classifierName = "head";
    return net;
}

}  // namespace

std::vector<Architecture> swins() {
    std::vector<Architecture> all;
    for (const bool second : {false, true}) {
        const std::string prefix = second ? "swin_v2_" : "swin_";
        const std::pair<const char*, Shape> shapes[] = {
            {"t", {96, {2, 2, 6, 2}, {3, 6, 12, 24}, 0.2, second}},
            {"s", {96, {2, 2, 18, 2}, {3, 6, 12, 24}, 0.3, second}},
            {"b", {128, {2, 2, 18, 2}, {4, 8, 16, 32}, 0.5, second}}};
        for (const auto& [name, shape] : shapes)
            all.push_back({prefix + name, [shape = shape] { return makeSwin(shape); }});
    }
    return all;
}

}  // namespace graft::backbones
