// SPDX-License-Identifier: GPL-3.0-or-later
// The image encoder of Zhai et al.: Sigmoid Loss for Language Image Pre-Training (2023): a vision transformer
// without a class token, whose last tokens are asked by one learned query (Zhai et al.: Scaling Vision
// Transformers, 2021). As the authors' own definition has it (google-research/big_vision, whose GELU is the
// approximation), with timm's names.
#include "core/backbones/torch/Attention.h"
#include "core/backbones/torch/Backbone.h"
#include "core/backbones/torch/OtherNames.h"

namespace graft::backbones {

namespace {

constexpr double kEpsilon = 1e-6;  // of the layer norms
constexpr std::int64_t kWidth = 768;
constexpr std::int64_t kHeads = 12;
constexpr int kLayers = 12;
constexpr std::int64_t kPatch = 16;
constexpr std::int64_t kPretrainedSide = 224;

std::shared_ptr<LayerNorm> norm() {
    return std::make_shared<LayerNorm>(kWidth, kEpsilon);
}

LayerPtr twoLayers() {
    return mlp(kWidth, 4 * kWidth, {.first = "fc1", .second = "fc2", .function = Function::GeluTanh});
}

LayerPtr encoderBlock() {
    const NamedLayers first{
        {"norm1", norm()},
        {"attn", std::make_shared<SelfAttention>(kWidth, kHeads, SelfAttention::Names::Qkv)}};
    const NamedLayers second{{"norm2", norm()}, {"mlp", twoLayers()}};
    return std::make_shared<EncoderBlock>(first, second);
}

// N x tokens x C to N x C: what the learned query finds, and an MLP on it.
class AttentionPool : public Layer {
  public:
    AttentionPool() {
        m_query = register_parameter("latent", randomWeights({1, 1, kWidth}, kTransformerLinear.deviation));
        m_ask = adopt(*this, "q", linear(kWidth));
        m_offer = adopt(*this, "kv", linear(2 * kWidth));
        m_output = adopt(*this, "proj", linear(kWidth));
        m_norm = adopt(*this, "norm", norm());
        m_mlp = adopt(*this, "mlp", twoLayers());
    }

    at::Tensor forward(const at::Tensor& input) override {
        const auto heads = [](const at::Tensor& x) {
            return x.reshape({-1, x.size(1), kHeads, kWidth / kHeads}).transpose(1, 2);
        };
        // The first token, scaled to nothing, brings the batch size along.
        const at::Tensor query = m_ask->forward(m_query + input.narrow(1, 0, 1) * 0.0);
        const at::Tensor offered = m_offer->forward(input);
        const at::Tensor found = m_output->forward(attention(
            {heads(query), heads(offered.slice(2, 0, kWidth)), heads(offered.slice(2, kWidth, 2 * kWidth))}));
        return (found + m_mlp->forward(m_norm->forward(found))).select(1, 0);
    }

  private:
    static std::shared_ptr<Linear> linear(std::int64_t out) {
        return std::make_shared<Linear>(kWidth, out, kTransformerLinear);
    }

    at::Tensor m_query;
    LayerPtr m_ask, m_offer, m_output, m_norm, m_mlp;
};

// Google's files on Hugging Face.
void adapt(weights::StateDict& file) {
    if (file.find("vision_model.head.probe") == nullptr) return;
    rename(file, {{"^vision_model.embeddings.patch_embedding.", "patch_embed.proj."},
                  {"^vision_model.embeddings.position_embedding.weight", "pos_embed"},
                  {"^vision_model.encoder.layers.", "blocks."},
                  {"^vision_model.post_layernorm.", "norm."},
                  {"^vision_model.head.probe", "attn_pool.latent"},
                  {"^vision_model.head.attention.out_proj.", "attn_pool.proj."},
                  {"^vision_model.head.layernorm.", "attn_pool.norm."},
                  {"^vision_model.head.mlp.", "attn_pool.mlp."},
                  {".layer_norm1.", ".norm1."},
                  {".layer_norm2.", ".norm2."},
                  {".self_attn.out_proj.", ".attn.proj."}});
    joinRows(file, {".self_attn.q_proj.", ".self_attn.k_proj.", ".self_attn.v_proj."}, ".attn.qkv.");
    for (const char* kind : {"weight", "bias"}) {
        splitRows(file, std::string("vision_model.head.attention.in_proj_") + kind, kWidth,
                  std::string("attn_pool.q.") + kind, std::string("attn_pool.kv.") + kind);
    }
    addBatchSide(file, "pos_embed");
}

Backbone makeSigLip() {
    Backbone net;
    const auto tokens = std::make_shared<Tokens>(TokenOptions{.width = kWidth,
                                                              .patch = kPatch,
                                                              .side = kPretrainedSide / kPatch,
                                                              .classToken = false,
                                                              .resize = PlaceResize::Antialiased});
    net.addUnit("patch_embed", "stem", tokens,
                {{"pos_embed", tokens->places, Part::Kind::Places}, {"patch_embed.proj", tokens->patches}});
    for (int i = 0; i < kLayers; ++i)
        net.addUnit("blocks." + std::to_string(i), "encoder", encoderBlock());
    net.addUnit("norm", "top", norm());
    net.addUnit("attn_pool", "top", std::make_shared<AttentionPool>());
    net.featureChannels = kWidth;
    net.classifierName = "head";
    net.classifierKind = ClassifierKind::Linear;
    net.leftOut = {"text_model.", "logit_scale", "logit_bias", "vision_model.embeddings.position_ids"};
    net.adapt = adapt;
    net.inputMultiple = static_cast<int>(kPatch);
    return net;
}

}  // namespace

std::vector<Architecture> sigLips() {
    return {{"siglip_vit_b_16", makeSigLip}};
}

}  // namespace graft::backbones
