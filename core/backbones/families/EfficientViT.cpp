// SPDX-License-Identifier: GPL-3.0-or-later
// Cai et al.: EfficientViT (2023), figures 2 to 4 and table 1 (B0 to B3), under timm's names, with which the
// weights are published; the authors' own are known too.
#include <c10/core/impl/LocalDispatchKeySet.h>
#include <torch/types.h>

#include "core/backbones/torch/Backbone.h"
#include "core/backbones/torch/Blocks.h"
#include "core/backbones/torch/OtherNames.h"

namespace graft::backbones {

namespace {

constexpr Function kFunction = Function::Hardswish;
constexpr std::int64_t kExpansion = 4;

// Convolution and function with a norm between them or, without one, a bias.
LayerPtr conv(ConvOptions options, bool hasNorm, Function function) {
    options.padding = samePadding(options.kernel);
    options.bias = !hasNorm;
    const auto chain = std::make_shared<Chain>();
    chain->add("conv", std::make_shared<Conv2d>(options));
    if (hasNorm) chain->add("norm", std::make_shared<BatchNorm2d>(options.out));
    if (function != Function::None) chain->add("act", std::make_shared<Activation>(function));
    return chain;
}

LayerPtr residual(const LayerPtr& branch, bool addsInput) {
    return std::make_shared<Residual>("main", branch, addsInput);
}

// isLight: without the first two norms, as where there is attention.
LayerPtr invertedBottleneck(std::int64_t in, std::int64_t out, std::int64_t stride, bool isLight) {
    const std::int64_t width = kExpansion * in;
    const auto chain = std::make_shared<Chain>();
    chain->add("inverted_conv", conv({.in = in, .out = width}, !isLight, kFunction));
    chain->add("depth_conv", conv({.in = width, .out = width, .kernel = 3, .stride = stride, .groups = width},
                                  !isLight, kFunction));
    chain->add("point_conv", conv({.in = width, .out = out}, true, Function::None));
    return chain;
}

// Section 3.1: queries, keys and values of the map and of what a 5 x 5 convolution makes of them; the softmax
// of their products is replaced by ReLU of each, so that the work grows with the positions, not their square.
class LinearAttention : public Layer {
  public:
    LinearAttention(std::int64_t channels, std::int64_t headWidth)
        : m_projected(adopt(
              *this, "qkv",
              std::make_shared<Chain>(std::vector<std::pair<std::string, LayerPtr>>{
                  {"conv", std::make_shared<Conv2d>(ConvOptions{.in = channels, .out = 3 * channels})}}))),
          m_wider(adopt(
              *this, "aggreg",
              std::make_shared<Chain>(std::vector<LayerPtr>{std::make_shared<Chain>(std::vector<LayerPtr>{
                  std::make_shared<Conv2d>(ConvOptions{.in = 3 * channels,
                                                       .out = 3 * channels,
                                                       .kernel = 5,
                                                       .padding = 2,
                                                       .groups = 3 * channels}),
                  std::make_shared<Conv2d>(ConvOptions{
                      .in = 3 * channels, .out = 3 * channels, .groups = 3 * channels / headWidth})})}))),
          m_output(adopt(*this, "proj", conv({.in = 2 * channels, .out = channels}, true, Function::None))),
          m_headWidth(headWidth) {}

    at::Tensor forward(const at::Tensor& input) override {
        const at::Tensor projected = m_projected->forward(input);
        const at::Tensor attended = attend(at::cat({projected, m_wider->forward(projected)}, 1));
        return m_output->forward(attended.to(projected.scalar_type()));
    }

  private:
    // N x heads*3*width x H x W to N x heads*width x H x W. The sums over all positions need the range and
    // the precision of float32, in mixed precision too.
    at::Tensor attend(const at::Tensor& maps) const {
        const c10::impl::ExcludeDispatchKeyGuard noAutocast(c10::autocast_dispatch_keyset);
        constexpr double kEpsilon = 1e-15;
        const std::int64_t height = maps.size(2), width = maps.size(3);
        const at::Tensor parts =
            maps.to(at::kFloat)
                .reshape({-1, maps.size(1) / (3 * m_headWidth), 3 * m_headWidth, height * width});
        const at::Tensor query = at::relu(parts.narrow(2, 0, m_headWidth));
        const at::Tensor key = at::relu(parts.narrow(2, m_headWidth, m_headWidth));
        const at::Tensor value = parts.narrow(2, 2 * m_headWidth, m_headWidth);
        CostCounter::add((value.numel() + query.numel()) * m_headWidth);
        const at::Tensor sums = at::matmul(at::matmul(value, key.transpose(2, 3)), query);
        const at::Tensor weights = (key.sum(3, true) * query).sum(2, true);
        return (sums / (weights + kEpsilon)).reshape({-1, maps.size(1) / 3, height, width});
    }

    LayerPtr m_projected, m_wider, m_output;
    std::int64_t m_headWidth;
};

LayerPtr attentionBlock(std::int64_t channels, std::int64_t headWidth) {
    const auto chain = std::make_shared<Chain>();
    chain->add("context_module", residual(std::make_shared<LinearAttention>(channels, headWidth), true));
    chain->add("local_module", residual(invertedBottleneck(channels, channels, 1, true), true));
    return chain;
}

// The authors' files.
void adapt(weights::StateDict& file) {
    if (file.find("backbone.input_stem.op_list.0.conv.weight") == nullptr) return;
    rename(file, {{"^backbone.input_stem.op_list.0.", "stem.in_conv."},
                  {"^backbone.input_stem.op_list.1.", "stem.res0."},
                  {"^backbone.stages.", "stages."},
                  {"^head.op_list.0.", "head.in_conv."},
                  {"^head.op_list.2.linear.", "head.classifier.0."},
                  {"^head.op_list.2.norm.", "head.classifier.1."},
                  {"^head.op_list.3.linear.", "head.classifier.4."},
                  {".op_list.", ".blocks."}});
}

struct Shape {
    std::vector<std::int64_t> channels;  // of the stem and the four stages
    std::vector<int> blocks;             // of the stages; behind the two last ones' first block are as many
    std::int64_t headWidth;
    std::int64_t top, hidden;
};

Backbone makeEfficientViT(const Shape& shape) {
    Backbone net;
    std::int64_t channels = shape.channels[0];
    net.addUnit("stem.in_conv", "stem",
                conv({.in = 3, .out = channels, .kernel = 3, .stride = 2}, true, kFunction));
    const auto separable = std::make_shared<Chain>();
    separable->add("depth_conv",
                   conv({.in = channels, .out = channels, .kernel = 3, .groups = channels}, true, kFunction));
    separable->add("point_conv", conv({.in = channels, .out = channels}, true, Function::None));
    net.addUnit("stem.res0", "stem", residual(separable, true));
    for (std::size_t i = 0; i < shape.blocks.size(); ++i) {
        const bool attends = i >= 2;
        const std::int64_t out = shape.channels[i + 1];
        const int count = shape.blocks[i] + (attends ? 1 : 0);
        for (int j = 0; j < count; ++j) {
            const bool isFirst = j == 0;
            net.addUnit(
                "stages." + std::to_string(i) + ".blocks." + std::to_string(j),
                "stage" + std::to_string(i + 1),
                attends && !isFirst
                    ? attentionBlock(out, shape.headWidth)
                    : residual(invertedBottleneck(channels, out, isFirst ? 2 : 1, attends), !isFirst));
            channels = out;
        }
    }
    net.addUnit("head.in_conv", "top", conv({.in = channels, .out = shape.top}, true, kFunction));
    net.addUnit("head.classifier.0", "classifier",
                std::make_shared<Linear>(shape.top, shape.hidden, LinearOptions{.bias = false}));
    auto& steps = net.units.back().steps;
    steps.insert(steps.begin(), std::make_shared<GlobalAveragePool>());
    steps.push_back(net.place("head.classifier.1", std::make_shared<LayerNorm>(shape.hidden)));
    steps.push_back(std::make_shared<Activation>(kFunction));
    net.featureChannels = shape.hidden;
    net.classifierName = "head.classifier.4";
    net.classifierKind = ClassifierKind::Linear;
    net.adapt = adapt;
    return net;
}

}  // namespace

std::vector<Architecture> efficientViTs() {
    const auto architecture = [](const std::string& name, const Shape& shape) {
        return Architecture{"efficientvit_" + name, [shape] { return makeEfficientViT(shape); }};
    };
    return {architecture("b0", {{8, 16, 32, 64, 128}, {2, 2, 2, 2}, 16, 1024, 1280}),
            architecture("b1", {{16, 32, 64, 128, 256}, {2, 3, 3, 4}, 16, 1536, 1600}),
            architecture("b2", {{24, 48, 96, 192, 384}, {3, 4, 4, 6}, 32, 2304, 2560}),
            architecture("b3", {{32, 64, 128, 256, 512}, {4, 6, 6, 9}, 32, 2304, 2560})};
}

}  // namespace graft::backbones
