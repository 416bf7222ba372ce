// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/backbones/torch/Attention.h"

#include <c10/core/GradMode.h>
#include <torch/types.h>
#include <torch/version.h>

#include <cmath>
#include <utility>

namespace graft::backbones {

namespace {

thread_local bool t_portableOnly = false;

}  // namespace

PortableOperators::PortableOperators() : m_before(std::exchange(t_portableOnly, true)) {}

PortableOperators::~PortableOperators() {
    t_portableOnly = m_before;
}

Heads splitHeads(const at::Tensor& projected, std::int64_t heads) {
    const std::int64_t tokens = projected.size(-2);
    const std::int64_t width = projected.size(-1) / 3 / heads;
    const at::Tensor parts = projected.reshape({-1, tokens, 3, heads, width}).permute({2, 0, 3, 1, 4});
    return {parts.select(0, 0), parts.select(0, 1), parts.select(0, 2)};
}

at::Tensor attention(const Heads& heads) {
#if TORCH_VERSION_MAJOR >= 2
    // With gradients it is slower than its steps (on a CPU; bench/RESULTS.md).
    if (!c10::GradMode::is_enabled() && !t_portableOnly) {
        CostCounter::add(2 * heads.query.numel() * heads.key.size(-2));
        return at::scaled_dot_product_attention(heads.query, heads.key, heads.value)
            .transpose(1, 2)
            .flatten(2);
    }
#endif
    const double scale = 1.0 / std::sqrt(static_cast<double>(heads.query.size(-1)));
    return attend(attentionScores(heads.query * scale, heads.key), heads.value);
}

at::Tensor attentionScores(const at::Tensor& query, const at::Tensor& key) {
    CostCounter::add(query.numel() * key.size(-2));
    return at::matmul(query, key.transpose(-2, -1));
}

at::Tensor attend(const at::Tensor& scores, const at::Tensor& value) {
    CostCounter::add(value.numel() * scores.size(-2));
    return at::matmul(at::softmax(scores, -1), value).transpose(1, 2).flatten(2);
}

at::Tensor toWindows(const at::Tensor& map, std::int64_t side, bool grid) {
    const std::int64_t channels = map.size(3);
    const std::int64_t down = map.size(1) / side;
    const std::int64_t across = map.size(2) / side;
    const at::Tensor cut =
        grid ? map.reshape({-1, side, down, side, across, channels}).permute({0, 2, 4, 1, 3, 5})
             : map.reshape({-1, down, side, across, side, channels}).permute({0, 1, 3, 2, 4, 5});
    return cut.reshape({-1, side * side, channels});
}

at::Tensor fromWindows(const at::Tensor& windows, std::int64_t side, std::int64_t height, std::int64_t width,
                       bool grid) {
    const std::int64_t channels = windows.size(2);
    const at::Tensor cut = windows.reshape({-1, height / side, width / side, side, side, channels});
    return (grid ? cut.permute({0, 3, 1, 4, 2, 5}) : cut.permute({0, 1, 3, 2, 4, 5}))
        .reshape({-1, height, width, channels});
}

at::Tensor relativePositionIndex(std::int64_t side) {
    const at::Tensor places = at::arange(side * side, torch::kLong);
    const at::Tensor row = at::div(places, side, "floor");
    const at::Tensor column = at::remainder(places, side);
    const auto offsets = [&](const at::Tensor& x) { return x.unsqueeze(1) - x.unsqueeze(0) + (side - 1); };
    return offsets(row) * (2 * side - 1) + offsets(column);
}

at::Tensor relativePositionBias(const at::Tensor& table, const at::Tensor& index, std::int64_t side) {
    return table.index_select(0, index.flatten())
        .reshape({side * side, side * side, table.size(1)})
        .permute({2, 0, 1})
        .unsqueeze(0);
}

LayerPtr mlp(std::int64_t channels, std::int64_t hidden, const MlpOptions& options) {
    return std::make_shared<Chain>(
        NamedLayers{{options.first, std::make_shared<Linear>(channels, hidden, kTransformerLinear)},
                    {"1", std::make_shared<Activation>(options.function)},
                    {options.second, std::make_shared<Linear>(hidden, channels, kTransformerLinear)}});
}

SelfAttention::SelfAttention(std::int64_t width, std::int64_t heads, Names names) : m_heads(heads) {
    if (names == Names::Qkv) {
        const auto project =
            adopt(*this, "qkv", std::make_shared<Linear>(width, 3 * width, kTransformerLinear));
        m_weight = project->weight;
        m_bias = project->bias;
    } else {
        m_weight = register_parameter("in_proj_weight",
                                      randomWeights({3 * width, width}, kTransformerLinear.deviation));
        m_bias = register_parameter("in_proj_bias", torch::zeros({3 * width}));
    }
    m_output = adopt(*this, names == Names::Qkv ? "proj" : "out_proj",
                     std::make_shared<Linear>(width, width, kTransformerLinear));
}

at::Tensor SelfAttention::forward(const at::Tensor& input) {
    CostCounter::add(input.numel() * m_weight.size(0));
    return m_output->forward(attention(splitHeads(at::linear(input, m_weight, m_bias), m_heads)));
}

LayerScale::LayerScale(std::int64_t channels, double start)
    : m_factors(register_parameter("gamma", torch::full({channels}, start))) {}

at::Tensor LayerScale::forward(const at::Tensor& input) {
    return input * m_factors;
}

EncoderBlock::EncoderBlock(const NamedLayers& first, const NamedLayers& second) {
    for (const auto& [name, layer] : first)
        m_first.push_back(adopt(*this, name, layer));
    for (const auto& [name, layer] : second)
        m_second.push_back(adopt(*this, name, layer));
}

at::Tensor EncoderBlock::forward(const at::Tensor& input) {
    at::Tensor sum = input;
    for (const auto* branch : {&m_first, &m_second}) {
        at::Tensor x = sum;
        for (const LayerPtr& layer : *branch)
            x = layer->forward(x);
        sum = sum + x;
    }
    return sum;
}

Tokens::Tokens(const TokenOptions& options) : m_resize(options.resize) {
    patches = adopt(*this, "patches",
                    std::make_shared<Conv2d>(ConvOptions{.in = 3,
                                                         .out = options.width,
                                                         .kernel = options.patch,
                                                         .stride = options.patch,
                                                         .bias = options.patchBias}));
    const auto shape = [&](std::int64_t tokens) {
        return options.batched ? std::vector<std::int64_t>{1, tokens, options.width}
                               : std::vector<std::int64_t>{tokens, options.width};
    };
    if (options.classToken) {
        const at::Tensor start = torch::zeros(shape(1));
        classToken = register_parameter("class_token", options.batched ? start : start.flatten());
    }
    const std::int64_t count = options.side * options.side + before();
    places = register_parameter("places", randomWeights(shape(count), kTransformerLinear.deviation));
    if (options.registers > 0)
        registers = register_parameter("registers", torch::zeros(shape(options.registers)));
}

at::Tensor Tokens::forward(const at::Tensor& input) {
    const at::Tensor map = patches->forward(input);
    at::Tensor tokens = map.flatten(2).transpose(1, 2);
    // The first patch's token, scaled to nothing, brings the batch size along.
    const at::Tensor nothing = tokens.narrow(1, 0, 1) * 0.0;
    if (classToken.defined()) tokens = at::cat({classToken + nothing, tokens}, 1);
    tokens = tokens + placesFor(map.size(2), map.size(3));
    if (!registers.defined()) return tokens;
    const std::int64_t first = before();
    return at::cat(
        {tokens.narrow(1, 0, first), registers + nothing, tokens.narrow(1, first, tokens.size(1) - first)},
        1);
}

at::Tensor Tokens::placesFor(std::int64_t height, std::int64_t width) const {
    const std::int64_t count = places.size(-2) - before();
    const auto side = static_cast<std::int64_t>(std::lround(std::sqrt(static_cast<double>(count))));
    if (height == side && width == side) return places;
    const at::Tensor own = places.reshape({1, places.size(-2), -1});
    const at::Tensor grid = own.narrow(1, before(), count).transpose(1, 2).reshape({1, -1, side, side});
    const auto resized = [&] {
        const auto factor = [&](std::int64_t patchesAlong) {
            return (static_cast<double>(patchesAlong) + 0.1) / static_cast<double>(side);
        };
        switch (m_resize) {
            case PlaceResize::AddedTenth:
                return at::upsample_bicubic2d(grid, {height, width}, false, factor(height), factor(width));
            case PlaceResize::Antialiased:
                return at::_upsample_bicubic2d_aa(grid, {height, width}, false);
            case PlaceResize::CornersStay:
                break;
        }
        return at::upsample_bicubic2d(grid, {height, width}, true);
    }();
    return at::cat({own.narrow(1, 0, before()), resized.flatten(2).transpose(1, 2)}, 1);
}

}  // namespace graft::backbones
