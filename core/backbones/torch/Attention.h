// SPDX-License-Identifier: GPL-3.0-or-later
// Parts of vision transformers: attention over tokens, windows of tokens, position bias. The batch size is
// never written into a shape as a number, so that traced models take any batch.
#pragma once

#include "core/backbones/torch/Layers.h"

namespace graft::backbones {

// One projection of the tokens, cut into what each head asks, offers and hands on.
struct Heads {
    at::Tensor query, key, value;  // batch x heads x tokens x channels/heads
};

// projected: batch x tokens x 3*channels (queries, keys, values).
Heads splitHeads(const at::Tensor& projected, std::int64_t heads);

// softmax(query * key^T / sqrt(channels/heads)) * value, the heads joined again: batch x tokens x channels.
// Without gradients one operator where LibTorch has it (2.x), except under PortableOperators.
at::Tensor attention(const Heads& heads);

// While one of these lives, this thread's layers use only operators that LibTorch has had for long: for
// models that others open.
class PortableOperators {
  public:
    PortableOperators();
    ~PortableOperators();
    PortableOperators(const PortableOperators&) = delete;
    PortableOperators& operator=(const PortableOperators&) = delete;

  private:
    bool m_before;
};

// The same in steps, for scores with something added to them. query * key^T; batch x heads x tokens x tokens.
at::Tensor attentionScores(const at::Tensor& query, const at::Tensor& key);

// softmax(scores) * value, the heads joined again: batch x tokens x channels.
at::Tensor attend(const at::Tensor& scores, const at::Tensor& value);

// Cuts a map into groups of side x side tokens: a window has neighbours, a grid one token of every side-th
// part of the map. N x H x W x C to (N*groups) x side*side x C; H and W are multiples of side.
at::Tensor toWindows(const at::Tensor& map, std::int64_t side, bool grid = false);
// The way back, to N x height x width x C.
at::Tensor fromWindows(const at::Tensor& windows, std::int64_t side, std::int64_t height, std::int64_t width,
                       bool grid = false);

// For each pair of tokens of a window the row of its position bias: side^2 x side^2, from 0 to (2*side-1)^2
// - 1.
at::Tensor relativePositionIndex(std::int64_t side);

// The bias of each head for each pair: 1 x heads x side^2 x side^2. table: (2*side-1)^2 x heads; index: as
// above, of any shape.
at::Tensor relativePositionBias(const at::Tensor& table, const at::Tensor& index, std::int64_t side);

// Two linear layers with GELU between them; "0" and "3" as in torchvision's MLP.
LayerPtr mlp(std::int64_t channels, std::int64_t hidden);

// The linear layers of transformers start with this deviation.
inline constexpr LinearOptions kTransformerLinear{true, 0.02};

}  // namespace graft::backbones
