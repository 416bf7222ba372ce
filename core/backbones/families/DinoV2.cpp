// SPDX-License-Identifier: GPL-3.0-or-later
// Oquab et al.: DINOv2: Learning Robust Visual Features without Supervision (2023); Darcet et al.: Vision
// Transformers Need Registers (2023). As the authors' own definition has it (facebookresearch/dinov2).
#include "core/backbones/torch/Attention.h"
#include "core/backbones/torch/Backbone.h"
#include "core/backbones/torch/OtherNames.h"

namespace graft::backbones {

namespace {

constexpr double kEpsilon = 1e-6;  // of the layer norms
constexpr std::int64_t kPatch = 14;
constexpr std::int64_t kPretrainedSide = 518;
constexpr std::int64_t kRegisters = 4;

struct Shape {
    std::int64_t width;
    int layers;
    std::int64_t heads;
};

LayerPtr encoderBlock(const Shape& shape) {
    const auto norm = [&] { return std::make_shared<LayerNorm>(shape.width, kEpsilon); };
    const NamedLayers first{
        {"norm1", norm()},
        {"attn", std::make_shared<SelfAttention>(shape.width, shape.heads, SelfAttention::Names::Qkv)},
        {"ls1", std::make_shared<LayerScale>(shape.width)}};
    const NamedLayers second{{"norm2", norm()},
                             {"mlp", mlp(shape.width, 4 * shape.width, {.first = "fc1", .second = "fc2"})},
                             {"ls2", std::make_shared<LayerScale>(shape.width)}};
    return std::make_shared<EncoderBlock>(first, second);
}

// Files of Hugging Face's transformers, and timm's of models with registers, which hold the class token's
// place in the class token itself.
void adapt(weights::StateDict& file) {
    if (file.find("embeddings.cls_token") != nullptr) {
        rename(file, {{"^embeddings.cls_token", "cls_token"},
                      {"^embeddings.mask_token", "mask_token"},
                      {"^embeddings.register_tokens", "register_tokens"},
                      {"^embeddings.position_embeddings", "pos_embed"},
                      {"^embeddings.patch_embeddings.projection.", "patch_embed.proj."},
                      {"^encoder.layer.", "blocks."},
                      {"^layernorm.", "norm."},
                      {".attention.output.dense.", ".attn.proj."},
                      {".layer_scale1.lambda1", ".ls1.gamma"},
                      {".layer_scale2.lambda1", ".ls2.gamma"}});
        joinRows(file,
                 {".attention.attention.query.", ".attention.attention.key.", ".attention.attention.value."},
                 ".attn.qkv.");
    } else if (file.find("reg_token") != nullptr) {
        rename(file, {{"^reg_token", "register_tokens"}});
        addEmptyToken(file, "pos_embed");
    }
}

Backbone makeDinoV2(const Shape& shape, bool registers) {
    Backbone net;
    const auto tokens = std::make_shared<Tokens>(
        TokenOptions{.width = shape.width,
                     .patch = kPatch,
                     .side = kPretrainedSide / kPatch,
                     .registers = registers ? kRegisters : 0,
                     .resize = registers ? PlaceResize::Antialiased : PlaceResize::AddedTenth});
    net.addUnit("patch_embed", "stem", tokens,
                {{"cls_token", tokens->classToken},
                 {"pos_embed", tokens->places, Part::Kind::Places},
                 {"register_tokens", tokens->registers},
                 {"patch_embed.proj", tokens->patches}});
    for (int i = 0; i < shape.layers; ++i)
        net.addUnit("blocks." + std::to_string(i), "encoder", encoderBlock(shape));
    net.addUnit("norm", "top", std::make_shared<LayerNorm>(shape.width, kEpsilon),
                {std::make_shared<ClassTokenOnly>()});
    net.featureChannels = shape.width;
    net.firstPatch = registers ? 1 + kRegisters : 1;
    net.classifierName = "head";
    net.classifierKind = ClassifierKind::Linear;
    net.leftOut = {"mask_token"};
    net.adapt = adapt;
    net.inputMultiple = static_cast<int>(kPatch);
    return net;
}

}  // namespace

std::vector<Architecture> dinoV2s() {
    std::vector<Architecture> all;
    for (const auto& [size, shape] :
         {std::pair{"s", Shape{384, 12, 6}}, {"b", Shape{768, 12, 12}}, {"l", Shape{1024, 24, 16}}}) {
        for (const bool registers : {false, true}) {
            all.push_back({std::string("dinov2_vit") + size + "14" + (registers ? "_reg" : ""),
                           [shape = shape, registers] { return makeDinoV2(shape, registers); }});
        }
    }
    return all;
}

}  // namespace graft::backbones
