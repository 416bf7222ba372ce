// SPDX-License-Identifier: GPL-3.0-or-later
// Dosovitskiy et al.: An Image is Worth 16x16 Words (2020), figure 1 and table 1.
#include <torch/types.h>

#include <cmath>

#include "core/backbones/torch/Attention.h"
#include "core/backbones/torch/Backbone.h"

namespace graft::backbones {

namespace {

constexpr double kEpsilon = 1e-6;  // of the layer norms

struct Shape {
    std::int64_t patch;  // pixels
    int layers;
    std::int64_t heads, width, hidden;
};

// The picture's patches as tokens behind the class token, each with its place added. The learned places are
// for one size of picture; for another they are interpolated, as the paper does (section 3.2).
class Tokens : public Layer {
  public:
    Tokens(const LayerPtr& patches, std::int64_t places, std::int64_t width) {
        m_patches = adopt(*this, "patches", patches);
        m_classToken = register_parameter("class_token", torch::zeros({1, 1, width}));
        m_places =
            register_parameter("places", randomWeights({1, places + 1, width}, kTransformerLinear.deviation));
    }

    at::Tensor forward(const at::Tensor& input) override {
        const at::Tensor map = m_patches->forward(input);
        const at::Tensor patches = map.flatten(2).transpose(1, 2);
        // The patches' first token, scaled to nothing, brings the batch size along.
        const at::Tensor first = m_classToken + patches.narrow(1, 0, 1) * 0.0;
        return at::cat({first, patches}, 1) + placesFor(map.size(2), map.size(3));
    }

    at::Tensor classToken() const { return m_classToken; }
    at::Tensor places() const { return m_places; }

  private:
    at::Tensor placesFor(std::int64_t height, std::int64_t width) const {
        if (m_places.size(1) == height * width + 1) return m_places;
        const auto side = static_cast<std::int64_t>(std::lround(std::sqrt(m_places.size(1) - 1)));
        const at::Tensor grid =
            m_places.narrow(1, 1, side * side).transpose(1, 2).reshape({1, -1, side, side});
        const at::Tensor resized = at::upsample_bicubic2d(grid, {height, width}, true);
        return at::cat({m_places.narrow(1, 0, 1), resized.flatten(2).transpose(1, 2)}, 1);
    }

    LayerPtr m_patches;
    at::Tensor m_classToken, m_places;
};

// torch.nn.MultiheadAttention's names: one projection for queries, keys and values.
class SelfAttention : public Layer {
  public:
    SelfAttention(std::int64_t width, std::int64_t heads)
        : m_weight(register_parameter("in_proj_weight",
                                      randomWeights({3 * width, width}, kTransformerLinear.deviation))),
          m_bias(register_parameter("in_proj_bias", torch::zeros({3 * width}))),
          m_output(adopt(*this, "out_proj", std::make_shared<Linear>(width, width, kTransformerLinear))),
          m_heads(heads) {}

    at::Tensor forward(const at::Tensor& input) override {
        CostCounter::add(input.numel() * m_weight.size(0));
        return m_output->forward(attention(splitHeads(at::linear(input, m_weight, m_bias), m_heads)));
    }

  private:
    at::Tensor m_weight, m_bias;
    LayerPtr m_output;
    std::int64_t m_heads;
};

class EncoderBlock : public Layer {
  public:
    explicit EncoderBlock(const Shape& shape)
        : m_norm1(adopt(*this, "ln_1", std::make_shared<LayerNorm>(shape.width, kEpsilon))),
          m_attention(
              adopt(*this, "self_attention", std::make_shared<SelfAttention>(shape.width, shape.heads))),
          m_norm2(adopt(*this, "ln_2", std::make_shared<LayerNorm>(shape.width, kEpsilon))),
          m_mlp(adopt(*this, "mlp", mlp(shape.width, shape.hidden))) {}

    at::Tensor forward(const at::Tensor& input) override {
        const at::Tensor x = input + m_attention->forward(m_norm1->forward(input));
        return x + m_mlp->forward(m_norm2->forward(x));
    }
    Wiring wiring() const override { return Wiring::Residual; }

  private:
    LayerPtr m_norm1, m_attention, m_norm2, m_mlp;
};

class ClassTokenOnly : public Layer {
  public:
    at::Tensor forward(const at::Tensor& input) override { return input.select(1, 0); }
};

// "mlp.linear_1", as files from before torchvision 0.14 call it, is "mlp.0" now, and "mlp.linear_2" "mlp.3".
std::string presentName(const std::string& name) {
    std::string present = name;
    for (const auto& [old, now] : {std::pair{".linear_1.", ".0."}, {".linear_2.", ".3."}}) {
        const std::size_t at = present.find(old);
        if (at != std::string::npos) present.replace(at, std::string(old).size(), now);
    }
    return present;
}

Backbone makeVisionTransformer(const Shape& shape) {
    constexpr std::int64_t kPretrainedSide = 224;
    const std::int64_t side = kPretrainedSide / shape.patch;
    Backbone net;
    const LayerPtr patches = std::make_shared<Conv2d>(
        ConvOptions{.in = 3, .out = shape.width, .kernel = shape.patch, .stride = shape.patch, .bias = true});
    const auto tokens = std::make_shared<Tokens>(patches, side * side, shape.width);
    // torchvision has the three parameters in three places; the unit knows them all.
    net.root->register_parameter("class_token", tokens->classToken());
    net.place("conv_proj", patches);
    childAt(*net.root, "encoder").register_parameter("pos_embedding", tokens->places());
    net.units.push_back({"conv_proj", "stem", {tokens}});

    for (int i = 0; i < shape.layers; ++i) {
        net.addUnit("encoder.layers.encoder_layer_" + std::to_string(i), "encoder",
                    std::make_shared<EncoderBlock>(shape));
    }
    net.addUnit("encoder.ln", "top", std::make_shared<LayerNorm>(shape.width, kEpsilon),
                {std::make_shared<ClassTokenOnly>()});
    net.featureChannels = shape.width;
    net.classifierName = "heads.head";
    net.classifierKind = ClassifierKind::Linear;
    net.presentName = presentName;
    net.positionTokens = "encoder.pos_embedding";
    net.inputMultiple = static_cast<int>(shape.patch);
    return net;
}

}  // namespace

std::vector<Architecture> visionTransformers() {
    return {{"vit_b_16",
             [] {
                 return makeVisionTransformer({16, 12, 12, 768, 3072});
             }},
            {"vit_b_32",
             [] {
                 return makeVisionTransformer({32, 12, 12, 768, 3072});
             }},
            {"vit_l_16",
             [] {
                 return makeVisionTransformer({16, 24, 16, 1024, 4096});
             }},
            {"vit_l_32",
             [] {
                 return makeVisionTransformer({32, 24, 16, 1024, 4096});
             }},
            {"vit_h_14", [] {
                 return makeVisionTransformer({14, 32, 16, 1280, 5120});
             }}};
}

}  // namespace graft::backbones
