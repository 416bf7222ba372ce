// SPDX-License-Identifier: GPL-3.0-or-later
// Dosovitskiy et al.: An Image is Worth 16x16 Words (2020), figure 1 and table 1.
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

LayerPtr encoderBlock(const Shape& shape) {
    const auto norm = [&] { return std::make_shared<LayerNorm>(shape.width, kEpsilon); };
    const NamedLayers first{{"ln_1", norm()},
                            {"self_attention", std::make_shared<SelfAttention>(
                                                   shape.width, shape.heads, SelfAttention::Names::InProj)}};
    const NamedLayers second{{"ln_2", norm()}, {"mlp", mlp(shape.width, shape.hidden)}};
    return std::make_shared<EncoderBlock>(first, second);
}

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
    Backbone net;
    const auto tokens = std::make_shared<Tokens>(
        TokenOptions{.width = shape.width, .patch = shape.patch, .side = kPretrainedSide / shape.patch});
    net.addUnit("conv_proj", "stem", tokens,
                {{"class_token", tokens->classToken},
                 {"conv_proj", tokens->patches},
                 {"encoder.pos_embedding", tokens->places, Part::Kind::Places}});
    for (int i = 0; i < shape.layers; ++i) {
        net.addUnit("encoder.layers.encoder_layer_" + std::to_string(i), "encoder", encoderBlock(shape));
    }
    net.addUnit("encoder.ln", "top", std::make_shared<LayerNorm>(shape.width, kEpsilon),
                {std::make_shared<ClassTokenOnly>()});
    net.featureChannels = shape.width;
    net.firstPatch = 1;
    net.classifierName = "heads.head";
    net.classifierKind = ClassifierKind::Linear;
    net.presentName = presentName;
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
