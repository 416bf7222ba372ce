// SPDX-License-Identifier: GPL-3.0-or-later
// Qin et al.: MobileNetV4 (2024), tables 11 to 15, under timm's names, with which the weights are published.
#include <torch/types.h>

#include "core/backbones/torch/Attention.h"
#include "core/backbones/torch/Backbone.h"
#include "core/backbones/torch/Blocks.h"

namespace graft::backbones {

namespace {

// One block, or several alike but for the stride, which is the first one's.
struct Row {
    enum class Kind {
        Convolution,
        Fused,      // inverted bottleneck whose expansion is the convolution over the picture
        Universal,  // "UIB": with a depthwise convolution before the expansion, in the middle, both or none
        Attention,  // "Mobile MQA"
    };
    Kind kind = Kind::Universal;
    std::int64_t start = 0, middle = 0;  // kernels; 0: no convolution; of the others the only one is middle
    std::int64_t stride = 1;             // of attention: by which keys and values are coarser
    std::int64_t expansion = 1;
    std::int64_t out = 0;
    int repeats = 1;
    std::int64_t heads = 0, headWidth = 0;
};

Row conv(std::int64_t kernel, std::int64_t stride, std::int64_t out) {
    return {Row::Kind::Convolution, 0, kernel, stride, 1, out};
}
Row fused(std::int64_t stride, std::int64_t expansion, std::int64_t out) {
    return {Row::Kind::Fused, 0, 3, stride, expansion, out};
}
Row uib(std::int64_t start, std::int64_t middle, std::int64_t stride, std::int64_t expansion,
        std::int64_t out, int repeats = 1) {
    return {Row::Kind::Universal, start, middle, stride, expansion, out, repeats};
}
Row mqa(std::int64_t heads, std::int64_t headWidth, std::int64_t stride, std::int64_t out) {
    return {Row::Kind::Attention, 0, 3, stride, 1, out, 1, heads, headWidth};
}

struct Shape {
    std::int64_t stem = 32;
    std::vector<std::vector<Row>> stages;
    Function function = Function::Relu;
    bool scales = false;  // each branch by a learned number for each channel
};

// Its children one after another, and the input added where it fits.
class Skip : public Chain {
  public:
    Skip(const NamedLayers& layers, bool addsInput) : Chain(layers), m_addsInput(addsInput) {}
    at::Tensor forward(const at::Tensor& input) override {
        const at::Tensor output = Chain::forward(input);
        return m_addsInput ? input + output : output;
    }
    Wiring wiring() const override { return m_addsInput ? Wiring::Residual : Wiring::Plain; }

  private:
    bool m_addsInput;
};

// N x C x H x W to N x C x 1 x 1.
class AveragedMap : public Layer {
  public:
    at::Tensor forward(const at::Tensor& input) override { return at::adaptive_avg_pool2d(input, {1, 1}); }
};

class ChannelScale : public Layer {
  public:
    explicit ChannelScale(std::int64_t channels)
        : m_gamma(register_parameter("gamma", torch::full({channels}, 1e-5))) {}
    at::Tensor forward(const at::Tensor& input) override { return input * m_gamma.reshape({1, -1, 1, 1}); }

  private:
    at::Tensor m_gamma;
};

LayerPtr named(ConvOptions options, const std::string& norm, Function function) {
    options.padding = samePadding(options.kernel);
    NamedLayers layers{{"conv", std::make_shared<Conv2d>(options)},
                       {norm, std::make_shared<BatchNorm2d>(options.out)}};
    if (function != Function::None) layers.emplace_back("act", std::make_shared<Activation>(function));
    return std::make_shared<Chain>(layers);
}

LayerPtr depthwise(std::int64_t channels, std::int64_t kernel, std::int64_t stride, Function function) {
    return named({.in = channels, .out = channels, .kernel = kernel, .stride = stride, .groups = channels},
                 "bn", function);
}

// Section 4.1 and figure 4: all heads ask the same keys and values, which may be of a coarser map.
class MultiQueryAttention : public Layer {
  public:
    MultiQueryAttention(std::int64_t channels, const Row& row)
        : m_query(adopt(*this, "query", projection(channels, row.heads * row.headWidth, 0, 1))),
          m_key(adopt(*this, "key", projection(channels, row.headWidth, row.middle, row.stride))),
          m_value(adopt(*this, "value", projection(channels, row.headWidth, row.middle, row.stride))),
          m_output(adopt(*this, "output", projection(row.heads * row.headWidth, row.out, 0, 1))),
          m_heads(row.heads) {}

    at::Tensor forward(const at::Tensor& input) override {
        const at::Tensor query = tokens(m_query->forward(input), m_heads);
        const at::Tensor key = tokens(m_key->forward(input), 1).expand({-1, m_heads, -1, -1});
        const at::Tensor value = tokens(m_value->forward(input), 1).expand({-1, m_heads, -1, -1});
        const at::Tensor map = attention({query, key, value}).transpose(1, 2);
        return m_output->forward(map.reshape({-1, map.size(1), input.size(2), input.size(3)}));
    }

  private:
    static LayerPtr projection(std::int64_t in, std::int64_t out, std::int64_t kernel, std::int64_t stride) {
        NamedLayers layers;
        if (stride > 1) {
            layers = {{"down_conv", std::make_shared<Conv2d>(ConvOptions{.in = in,
                                                                         .out = in,
                                                                         .kernel = kernel,
                                                                         .stride = stride,
                                                                         .padding = samePadding(kernel),
                                                                         .groups = in})},
                      {"norm", std::make_shared<BatchNorm2d>(in)}};
        }
        layers.emplace_back("proj", std::make_shared<Conv2d>(ConvOptions{.in = in, .out = out}));
        return std::make_shared<Chain>(layers);
    }

    // N x heads*width x H x W to N x heads x H*W x width.
    static at::Tensor tokens(const at::Tensor& map, std::int64_t heads) {
        return map.reshape({-1, heads, map.size(1) / heads, map.size(2) * map.size(3)}).transpose(2, 3);
    }

    LayerPtr m_query, m_key, m_value, m_output;
    std::int64_t m_heads;
};

LayerPtr makeBlock(std::int64_t in, const Row& row, const Shape& shape) {
    const std::int64_t width = makeDivisible(static_cast<double>(in * row.expansion));
    const bool fits = in == row.out && row.stride == 1;
    NamedLayers layers;
    switch (row.kind) {
        case Row::Kind::Convolution:
            return named({.in = in, .out = row.out, .kernel = row.middle, .stride = row.stride}, "bn1",
                         shape.function);
        case Row::Kind::Fused:
            layers = {{"conv_exp", std::make_shared<Conv2d>(ConvOptions{.in = in,
                                                                        .out = width,
                                                                        .kernel = row.middle,
                                                                        .stride = row.stride,
                                                                        .padding = samePadding(row.middle)})},
                      {"bn1", std::make_shared<BatchNorm2d>(width)},
                      {"act", std::make_shared<Activation>(shape.function)},
                      {"conv_pwl", std::make_shared<Conv2d>(ConvOptions{.in = width, .out = row.out})},
                      {"bn2", std::make_shared<BatchNorm2d>(row.out)}};
            return std::make_shared<Skip>(layers, fits);
        case Row::Kind::Universal:
            if (row.start > 0) {
                const std::int64_t stride = row.middle > 0 ? 1 : row.stride;
                layers.emplace_back("dw_start", depthwise(in, row.start, stride, Function::None));
            }
            layers.emplace_back("pw_exp", named({.in = in, .out = width}, "bn", shape.function));
            if (row.middle > 0)
                layers.emplace_back("dw_mid", depthwise(width, row.middle, row.stride, shape.function));
            layers.emplace_back("pw_proj", named({.in = width, .out = row.out}, "bn", Function::None));
            break;
        case Row::Kind::Attention:
            layers = {{"norm", std::make_shared<BatchNorm2d>(in)},
                      {"attn", std::make_shared<MultiQueryAttention>(in, row)}};
            break;
    }
    if (shape.scales) layers.emplace_back("layer_scale", std::make_shared<ChannelScale>(row.out));
    return std::make_shared<Skip>(layers, fits || row.kind == Row::Kind::Attention);
}

Backbone makeMobileNetV4(const Shape& shape) {
    constexpr std::int64_t kHidden = 1280;
    Backbone net;
    std::int64_t channels = shape.stem;
    net.addUnit("conv_stem", "stem",
                std::make_shared<Conv2d>(
                    ConvOptions{.in = 3, .out = channels, .kernel = 3, .stride = 2, .padding = 1}));
    net.units.back().steps.push_back(net.place("bn1", std::make_shared<BatchNorm2d>(channels)));
    net.units.back().steps.push_back(std::make_shared<Activation>(shape.function));
    for (std::size_t stage = 0; stage < shape.stages.size(); ++stage) {
        const bool isTop = stage + 1 == shape.stages.size();
        int block = 0;
        for (Row row : shape.stages[stage]) {
            for (int i = 0; i < row.repeats; ++i) {
                net.addUnit("blocks." + std::to_string(stage) + "." + std::to_string(block++),
                            isTop ? "top" : "stage" + std::to_string(stage + 1),
                            makeBlock(channels, row, shape));
                channels = row.out;
                row.stride = 1;
            }
        }
    }
    net.addUnit("conv_head", "classifier",
                std::make_shared<Conv2d>(ConvOptions{.in = channels, .out = kHidden}));
    auto& steps = net.units.back().steps;
    steps.insert(steps.begin(), std::make_shared<AveragedMap>());
    steps.push_back(net.place("norm_head", std::make_shared<BatchNorm2d>(kHidden)));
    steps.push_back(std::make_shared<Activation>(shape.function));
    steps.push_back(std::make_shared<GlobalAveragePool>());  // of one position: N x C
    net.featureChannels = kHidden;
    net.classifierName = "classifier";
    net.classifierKind = ClassifierKind::Linear;
    return net;
}

}  // namespace

std::vector<Architecture> mobileNetV4s() {
    static const std::vector<Row> kTop{conv(1, 1, 960)};
    static const Shape kSmall{32,
                              {{conv(3, 2, 32), conv(1, 1, 32)},
                               {conv(3, 2, 96), conv(1, 1, 64)},
                               {uib(5, 5, 2, 3, 96), uib(0, 3, 1, 2, 96, 4), uib(3, 0, 1, 4, 96)},
                               {uib(3, 3, 2, 6, 128), uib(5, 5, 1, 4, 128), uib(0, 5, 1, 4, 128),
                                uib(0, 5, 1, 3, 128), uib(0, 3, 1, 4, 128, 2)},
                               kTop}};
    static const Shape kMedium{
        32,
        {{fused(2, 4, 48)},
         {uib(3, 5, 2, 4, 80), uib(3, 3, 1, 2, 80)},
         {uib(3, 5, 2, 6, 160), uib(3, 3, 1, 4, 160, 2), uib(3, 5, 1, 4, 160), uib(3, 3, 1, 4, 160),
          uib(3, 0, 1, 4, 160), uib(0, 0, 1, 2, 160), uib(3, 0, 1, 4, 160)},
         {uib(5, 5, 2, 6, 256), uib(5, 5, 1, 4, 256), uib(3, 5, 1, 4, 256, 2), uib(0, 0, 1, 4, 256),
          uib(3, 0, 1, 4, 256), uib(3, 5, 1, 2, 256), uib(5, 5, 1, 4, 256), uib(0, 0, 1, 4, 256, 2),
          uib(5, 0, 1, 2, 256)},
         kTop}};
    static const Shape kLarge{
        24,
        {{fused(2, 4, 48)},
         {uib(3, 5, 2, 4, 96), uib(3, 3, 1, 4, 96)},
         {uib(3, 5, 2, 4, 192), uib(3, 3, 1, 4, 192, 3), uib(3, 5, 1, 4, 192), uib(5, 3, 1, 4, 192, 5),
          uib(3, 0, 1, 4, 192)},
         {uib(5, 5, 2, 4, 512), uib(5, 5, 1, 4, 512, 3), uib(5, 0, 1, 4, 512), uib(5, 3, 1, 4, 512),
          uib(5, 0, 1, 4, 512, 2), uib(5, 3, 1, 4, 512), uib(5, 5, 1, 4, 512), uib(5, 0, 1, 4, 512, 3)},
         kTop}};
    static const Row kFine = mqa(4, 64, 2, 160), kCoarse = mqa(4, 64, 1, 256);
    static const Shape kHybridMedium{
        32,
        {{fused(2, 4, 48)},
         {uib(3, 5, 2, 4, 80), uib(3, 3, 1, 2, 80)},
         {uib(3, 5, 2, 6, 160), uib(0, 0, 1, 2, 160), uib(3, 3, 1, 4, 160), uib(3, 5, 1, 4, 160), kFine,
          uib(3, 3, 1, 4, 160), kFine, uib(3, 0, 1, 4, 160), kFine, uib(3, 3, 1, 4, 160), kFine,
          uib(3, 0, 1, 4, 160)},
         {uib(5, 5, 2, 6, 256), uib(5, 5, 1, 4, 256), uib(3, 5, 1, 4, 256, 2), uib(0, 0, 1, 2, 256),
          uib(3, 5, 1, 2, 256), uib(0, 0, 1, 2, 256), uib(0, 0, 1, 4, 256), kCoarse, uib(3, 0, 1, 4, 256),
          kCoarse, uib(5, 5, 1, 4, 256), kCoarse, uib(5, 0, 1, 4, 256), kCoarse, uib(5, 0, 1, 4, 256)},
         kTop},
        Function::Relu,
        true};
    static const Row kLargeFine = mqa(8, 48, 2, 192), kLargeCoarse = mqa(8, 64, 1, 512);
    static const Shape kHybridLarge{
        24,
        {{fused(2, 4, 48)},
         {uib(3, 5, 2, 4, 96), uib(3, 3, 1, 4, 96)},
         {uib(3, 5, 2, 4, 192), uib(3, 3, 1, 4, 192, 3), uib(3, 5, 1, 4, 192), uib(5, 3, 1, 4, 192, 2),
          kLargeFine, uib(5, 3, 1, 4, 192), kLargeFine, uib(5, 3, 1, 4, 192), kLargeFine,
          uib(5, 3, 1, 4, 192), kLargeFine, uib(3, 0, 1, 4, 192)},
         {uib(5, 5, 2, 4, 512), uib(5, 5, 1, 4, 512, 3), uib(5, 0, 1, 4, 512), uib(5, 3, 1, 4, 512),
          uib(5, 0, 1, 4, 512, 2), uib(5, 3, 1, 4, 512), uib(5, 5, 1, 4, 512), kLargeCoarse,
          uib(5, 0, 1, 4, 512), kLargeCoarse, uib(5, 0, 1, 4, 512), kLargeCoarse, uib(5, 0, 1, 4, 512),
          kLargeCoarse, uib(5, 0, 1, 4, 512)},
         kTop},
        Function::Gelu,
        true};
    const auto architecture = [](const std::string& name, const Shape& shape) {
        return Architecture{"mobilenetv4_" + name, [&shape] { return makeMobileNetV4(shape); }};
    };
    return {architecture("conv_small", kSmall), architecture("conv_medium", kMedium),
            architecture("conv_large", kLarge), architecture("hybrid_medium", kHybridMedium),
            architecture("hybrid_large", kHybridLarge)};
}

}  // namespace graft::backbones
