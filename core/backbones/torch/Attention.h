// SPDX-License-Identifier: GPL-3.0-or-later
// Parts of vision transformers: tokens of patches, encoder blocks, attention, windows of tokens, position
// bias. The batch size is never written into a shape as a number, so that traced models take any batch.
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

// The linear layers of transformers start with this deviation.
inline constexpr LinearOptions kTransformerLinear{true, 0.02};

// Two linear layers with a function between them. The names are torchvision's; timm's are "fc1" and "fc2".
struct MlpOptions {
    std::string first = "0";
    std::string second = "3";
    Function function = Function::Gelu;
};
LayerPtr mlp(std::int64_t channels, std::int64_t hidden, const MlpOptions& options = {});

// Each token asks all of them. N x tokens x width to the same.
class SelfAttention : public Layer {
  public:
    enum class Names {
        InProj,  // torch.nn.MultiheadAttention's: in_proj_weight, in_proj_bias, out_proj
        Qkv,     // timm's and DINO's: qkv, proj
    };
    SelfAttention(std::int64_t width, std::int64_t heads, Names names);
    at::Tensor forward(const at::Tensor& input) override;

  private:
    at::Tensor m_weight, m_bias;  // of the one projection for queries, keys and values
    LayerPtr m_output;
    std::int64_t m_heads;
};

// Each channel, which is the last dimension, times a learned factor "gamma" (Touvron et al.: Going deeper
// with Image Transformers, 2021).
class LayerScale : public Layer {
  public:
    explicit LayerScale(std::int64_t channels, double start = 1e-5);
    at::Tensor forward(const at::Tensor& input) override;

  private:
    at::Tensor m_factors;
};

// x + branch(x) for the first branch, and again for the second: attention and MLP, each with its norm before
// it. The layers of both are the block's children.
class EncoderBlock : public Layer {
  public:
    EncoderBlock(const NamedLayers& first, const NamedLayers& second);
    at::Tensor forward(const at::Tensor& input) override;
    Wiring wiring() const override { return Wiring::Residual; }

  private:
    std::vector<LayerPtr> m_first, m_second;
};

// How learned places, which are for one size of picture, become those of another (Dosovitskiy et al., section
// 3.2); bicubic all of them.
enum class PlaceResize {
    CornersStay,  // torchvision's: the outermost places stay as they are
    AddedTenth,   // DINO's: by the factor (patches + 0.1) / places instead of patches / places
    Antialiased,  // where there are fewer patches than places, each of these counts
};

struct TokenOptions {
    std::int64_t width = 0;      // channels of a token
    std::int64_t patch = 16;     // pixels
    std::int64_t side = 14;      // patches along a side of the pictures that the places are made for
    bool patchBias = true;       // of the convolution that makes the patches
    bool classToken = true;      // in front, with a place of its own
    std::int64_t registers = 0;  // behind the class token, without places (Darcet et al. 2023)
    // The places and the class token are 1 x tokens x width in the file; CLIP's lack the 1.
    bool batched = true;
    PlaceResize resize = PlaceResize::CornersStay;
};

// A picture's patches as tokens, each with its learned place added, behind the class token and the registers:
// N x 3 x H x W to N x tokens x width. Its parts lie at several paths of the weight file: see
// Backbone::addUnit.
class Tokens : public Layer {
  public:
    explicit Tokens(const TokenOptions& options);
    at::Tensor forward(const at::Tensor& input) override;

    LayerPtr patches;
    at::Tensor classToken, places, registers;  // undefined where there are none

  private:
    at::Tensor placesFor(std::int64_t height, std::int64_t width) const;
    std::int64_t before() const { return classToken.defined() ? 1 : 0; }  // tokens with places, no patches
    PlaceResize m_resize;
};

// N x tokens x C to N x C: the first.
class ClassTokenOnly : public Layer {
  public:
    at::Tensor forward(const at::Tensor& input) override { return input.select(1, 0); }
};

// N x tokens x C to N x 2C: the first, and behind it the mean of those from firstPatch on.
class ClassTokenAndMean : public Layer {
  public:
    explicit ClassTokenAndMean(std::int64_t firstPatch) : m_firstPatch(firstPatch) {}
    at::Tensor forward(const at::Tensor& input) override {
        return at::cat({input.select(1, 0), input.slice(1, m_firstPatch).mean(1)}, 1);
    }

  private:
    std::int64_t m_firstPatch;
};

}  // namespace graft::backbones
