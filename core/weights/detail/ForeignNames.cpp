// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/weights/detail/ForeignNames.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <set>

namespace graft::weights {

namespace {

enum class At { Start, Anywhere, End };

struct Rule {
    At at;
    std::string_view text;  // '#' stands for a number
};

struct Library {
    std::string_view name;
    std::vector<Rule> rules;  // one name that matches one of them is enough
};

// Whether pattern matches at the start of text.
bool matchesHere(std::string_view text, std::string_view pattern, bool toTheEnd) {
    std::size_t position = 0;
    for (const char wanted : pattern) {
        if (wanted != '#') {
            if (position >= text.size() || text[position] != wanted) return false;
            ++position;
            continue;
        }
        const std::size_t first = position;
        while (position < text.size() && std::isdigit(static_cast<unsigned char>(text[position])) != 0)
            ++position;
        if (position == first) return false;
    }
    return !toTheEnd || position == text.size();
}

bool matches(std::string_view name, const Rule& rule) {
    if (rule.at == At::Start) return matchesHere(name, rule.text, false);
    for (std::size_t i = 0; i < name.size(); ++i) {
        if (matchesHere(name.substr(i), rule.text, rule.at == At::End)) return true;
    }
    return false;
}

// The first that matches is the answer: names that several share stand further down. torchvision's own come
// first, where another architecture of its shares a name with another library.
const std::vector<Library>& libraries() {
    static const std::vector<Library> all{
        {"",
         {{At::Start, "trunk_output."},         // RegNet
          {At::Start, "stage2.0.branch"},       // ShuffleNetV2
          {At::Anywhere, ".layers.MBconv."}}},  // MaxViT
        {"Keras or TensorFlow",
         {{At::End, ":#"},
          {At::Anywhere, "/kernel"},
          {At::Anywhere, "/gamma"},
          {At::Anywhere, "/beta"},
          {At::Anywhere, "/moving_mean"},
          {At::Anywhere, "/depthwise_weights"},
          {At::End, "_W"},
          {At::End, ".moving_mean"},
          {At::Anywhere, "/BatchNorm/"},
          {At::Start, "_CHECKPOINTABLE_OBJECT_GRAPH"}}},
        {"Flax (JAX)", {{At::End, ".kernel"}, {At::Start, "batch_stats"}, {At::Start, "params."}}},
        {"Hugging Face's transformers",
         {{At::Start, "vit.embeddings."},
          {At::Start, "deit.embeddings."},
          {At::Start, "beit."},
          {At::Start, "data2vec_vision."},
          {At::Start, "dinov2.embeddings."},
          {At::Start, "swin.embeddings."},
          {At::Start, "swinv2.embeddings."},
          {At::Start, "resnet.embedder."},
          {At::Start, "resnet.encoder."},
          {At::Start, "regnet.embedder."},
          {At::Start, "convnext."},
          {At::Start, "convnextv2."},
          {At::Start, "mobilenet_v1."},
          {At::Start, "mobilenet_v2."},
          {At::Start, "mobilevit."},
          {At::Start, "mobilevitv2."},
          {At::Start, "efficientnet.embeddings."},
          {At::Start, "efficientnet.encoder."},
          {At::Start, "segformer."},
          {At::Start, "levit."},
          {At::Start, "poolformer."},
          {At::Start, "cvt.encoder."},
          {At::Start, "bit.embedder."},
          {At::Start, "vision_model."},
          {At::Start, "text_model."},
          {At::Start, "bert."},
          {At::Start, "embeddings."},
          {At::Start, "embedder."},
          {At::Start, "encoder.layer.#."},
          {At::Start, "encoder.stages.#.layers.#."},
          {At::Start, "timm_model."}}},
        {"torchvision's detection or segmentation models",
         {{At::Start, "backbone.body."},
          {At::Start, "backbone.fpn."},
          {At::Start, "rpn."},
          {At::Start, "roi_heads."},
          {At::Start, "aux_classifier."},
          {At::Start, "classifier.0.convs."}}},
        {"Detectron2",
         {{At::Start, "backbone.bottom_up."},
          {At::Start, "proposal_generator."},
          {At::Start, "stem.conv1.norm."},
          {At::Start, "res#.#.conv"}}},
        {"MMPretrain (OpenMMLab)",
         {{At::Start, "backbone.layer#."},
          {At::Start, "backbone.conv1."},
          {At::Start, "backbone.stem."},
          {At::Start, "backbone.layers."},
          {At::Start, "backbone.stages."},
          {At::Start, "backbone.stage#."},
          {At::Start, "backbone.patch_embed"},
          {At::Start, "backbone.cls_token"},
          {At::Start, "backbone.features."},
          {At::Start, "backbone.blocks."},
          {At::Start, "backbone.downsample_layers."},
          {At::Start, "data_preprocessor."},
          {At::Start, "neck."},
          {At::Start, "bbox_head."},
          {At::Start, "backbone.conv#."},
          {At::Start, "decode_head."}}},
        {"CLIP (OpenAI's or OpenCLIP's)",
         {{At::Start, "visual."}, {At::Start, "transformer.resblocks."}, {At::Start, "logit_scale"}}},
        {"fastai", {{At::Start, "0.#.#."}, {At::Start, "0.#.weight"}, {At::Start, "1.#.weight"}}},
        {"Ultralytics' YOLO",
         {{At::Start, "#.conv.weight"}, {At::Start, "#.cv#."}, {At::Start, "#.m.#.cv#"}}},
        {"the authors of ConvNeXt", {{At::Start, "downsample_layers."}, {At::Start, "stages.#.#.dwconv."}}},
        {"EfficientNet-PyTorch (lukemelas)", {{At::Start, "_conv_stem."}, {At::Start, "_blocks."}}},
        {"pretrainedmodels (Cadene)", {{At::Start, "layer0.conv1."}, {At::End, "last_linear.weight"}}},
        {"timm",
         {{At::Start, "conv_stem."},    {At::Anywhere, ".conv_dw."},     {At::Anywhere, ".conv_pw."},
          {At::Anywhere, ".conv_pwl."}, {At::Start, "patch_embed."},     {At::Start, "cls_token"},
          {At::Start, "pos_embed"},     {At::Start, "blocks.#."},        {At::Start, "stem."},
          {At::Start, "stem_#."},       {At::Start, "stages.#."},        {At::Start, "stages_#."},
          {At::Start, "s#.b#."},        {At::Start, "layers.#.blocks."}, {At::Start, "layers.#.downsample."},
          {At::Start, "layers_#."},     {At::Start, "head.fc."},         {At::Start, "final_conv."},
          {At::Start, "conv_head."},    {At::Start, "conv1.0."},  // the deep stem of ResNet-D and of SE-Net
          {At::Start, "fc_norm."}}},
    };
    return all;
}

}  // namespace

std::optional<std::string_view> libraryOfNames(const std::vector<std::string>& names) {
    for (const Library& library : libraries()) {
        for (const Rule& rule : library.rules) {
            if (std::ranges::any_of(names, [&](const std::string& name) { return matches(name, rule); }))
                return library.name.empty() ? std::nullopt : std::optional(library.name);
        }
    }
    return std::nullopt;
}

std::vector<std::string> prefixesBefore(const std::vector<std::string>& wanted,
                                        const std::vector<std::string>& found) {
    std::vector<std::string> prefixes;
    if (wanted.empty()) return prefixes;
    const std::set<std::string_view> known(found.begin(), found.end());
    const std::string ending = "." + wanted.front();
    for (const std::string& candidate : found) {
        if (!candidate.ends_with(ending)) continue;
        const std::string prefix = candidate.substr(0, candidate.size() - wanted.front().size());
        if (std::ranges::all_of(wanted,
                                [&](const std::string& name) { return known.contains(prefix + name); }))
            prefixes.push_back(prefix);
    }
    return prefixes;
}

}  // namespace graft::weights
