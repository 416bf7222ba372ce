// SPDX-License-Identifier: GPL-3.0-or-later
// The image encoders of Radford et al.: Learning Transferable Visual Models From Natural Language Supervision
// (2021), as the authors' own definition has them (openai/CLIP). What a classifier reads is what the paper's
// linear classifiers read (appendix A): the class token before its projection to where pictures meet texts.
#include "core/backbones/torch/Attention.h"
#include "core/backbones/torch/Backbone.h"
#include "core/backbones/torch/OtherNames.h"

namespace graft::backbones {

namespace {

constexpr std::int64_t kWidth = 768;
constexpr std::int64_t kHeads = 12;
constexpr int kLayers = 12;
constexpr std::int64_t kPretrainedSide = 224;

std::shared_ptr<LayerNorm> norm() {
    return std::make_shared<LayerNorm>(kWidth);
}

LayerPtr encoderBlock() {
    const NamedLayers first{
        {"ln_1", norm()},
        {"attn", std::make_shared<SelfAttention>(kWidth, kHeads, SelfAttention::Names::InProj)}};
    const NamedLayers second{
        {"ln_2", norm()},
        {"mlp",
         mlp(kWidth, 4 * kWidth, {.first = "c_fc", .second = "c_proj", .function = Function::QuickGelu})}};
    return std::make_shared<EncoderBlock>(first, second);
}

// Files of Hugging Face's transformers and of timm.
void adapt(weights::StateDict& file) {
    if (file.find("vision_model.embeddings.class_embedding") != nullptr) {
        rename(file, {{"^vision_model.embeddings.class_embedding", "visual.class_embedding"},
                      {"^vision_model.embeddings.position_embedding.weight", "visual.positional_embedding"},
                      {"^vision_model.embeddings.patch_embedding.", "visual.conv1."},
                      {"^vision_model.pre_layrnorm.", "visual.ln_pre."},
                      {"^vision_model.post_layernorm.", "visual.ln_post."},
                      {"^vision_model.encoder.layers.", "visual.transformer.resblocks."},
                      {".layer_norm1.", ".ln_1."},
                      {".layer_norm2.", ".ln_2."},
                      {".mlp.fc1.", ".mlp.c_fc."},
                      {".mlp.fc2.", ".mlp.c_proj."},
                      {".self_attn.out_proj.", ".attn.out_proj."}});
        joinRows(file, {".self_attn.q_proj.", ".self_attn.k_proj.", ".self_attn.v_proj."}, ".attn.in_proj_");
    } else if (file.find("norm_pre.weight") != nullptr) {
        rename(file, {{"^cls_token", "visual.class_embedding"},
                      {"^pos_embed", "visual.positional_embedding"},
                      {"^patch_embed.proj.", "visual.conv1."},
                      {"^norm_pre.", "visual.ln_pre."},
                      {"^norm.", "visual.ln_post."},
                      {"^blocks.", "visual.transformer.resblocks."},
                      {".norm1.", ".ln_1."},
                      {".norm2.", ".ln_2."},
                      {".mlp.fc1.", ".mlp.c_fc."},
                      {".mlp.fc2.", ".mlp.c_proj."},
                      {".attn.qkv.", ".attn.in_proj_"},
                      {".attn.proj.", ".attn.out_proj."}});
        dropBatchSide(file, "visual.positional_embedding");
        dropBatchSide(file, "visual.class_embedding");
        dropBatchSide(file, "visual.class_embedding");  // 1 x 1 x C
    }
}

Backbone makeClip(std::int64_t patch) {
    Backbone net;
    const auto tokens = std::make_shared<Tokens>(TokenOptions{.width = kWidth,
                                                              .patch = patch,
                                                              .side = kPretrainedSide / patch,
                                                              .patchBias = false,
                                                              .batched = false,
                                                              .resize = PlaceResize::Antialiased});
    net.addUnit("visual.conv1", "stem", tokens,
                {{"visual.class_embedding", tokens->classToken},
                 {"visual.positional_embedding", tokens->places, Part::Kind::Places},
                 {"visual.conv1", tokens->patches}});
    net.units.back().steps.push_back(net.place("visual.ln_pre", norm()));
    for (int i = 0; i < kLayers; ++i)
        net.addUnit("visual.transformer.resblocks." + std::to_string(i), "encoder", encoderBlock());
    net.addUnit("visual.ln_post", "top", norm(), {std::make_shared<ClassTokenOnly>()});
    net.featureChannels = kWidth;
    net.firstPatch = 1;
    net.classifierName = "head";
    net.classifierKind = ClassifierKind::Linear;
    // The projection, and what is there for the texts.
    net.leftOut = {"visual.proj",
                   "visual_projection.",
                   "transformer.",
                   "token_embedding.",
                   "ln_final.",
                   "text_model.",
                   "text_projection",
                   "positional_embedding",
                   "logit_scale",
                   "input_resolution",
                   "context_length",
                   "vocab_size",
                   "vision_model.embeddings.position_ids"};
    net.adapt = adapt;
    net.inputMultiple = static_cast<int>(patch);
    return net;
}

}  // namespace

std::vector<Architecture> clips() {
    return {{"clip_vit_b_32", [] { return makeClip(32); }}, {"clip_vit_b_16", [] { return makeClip(16); }}};
}

}  // namespace graft::backbones
