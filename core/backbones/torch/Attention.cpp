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

LayerPtr mlp(std::int64_t channels, std::int64_t hidden) {
    return std::make_shared<Chain>(std::vector<std::pair<std::string, LayerPtr>>{
        {"0", std::make_shared<Linear>(channels, hidden, kTransformerLinear)},
        {"1", std::make_shared<Activation>(Function::Gelu)},
        {"3", std::make_shared<Linear>(hidden, channels, kTransformerLinear)}});
}

}  // namespace graft::backbones
