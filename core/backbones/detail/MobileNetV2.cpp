// SPDX-License-Identifier: GPL-3.0-or-later
// Sandler, Howard, Zhu, Zhmoginov, Chen: MobileNetV2 (2018), table 2; stages are the table's rows.
#include "core/backbones/detail/Backbone.h"

namespace graft::backbones {

namespace {

// torchvision's Conv2dNormActivation: 0 convolution, 1 batch norm, 2 ReLU6.
LayerPtr convNormRelu(const ConvOptions& options) {
    return std::make_shared<Chain>(
        std::vector<std::pair<std::string, LayerPtr>>{{"0", std::make_shared<Conv2d>(options)},
                                                      {"1", std::make_shared<BatchNorm2d>(options.out)},
                                                      {"2", std::make_shared<Relu6>()}});
}

// Expansion, depthwise convolution, projection without activation; the input is added where it fits.
class InvertedResidual : public Layer {
  public:
    InvertedResidual(std::int64_t in, std::int64_t out, std::int64_t stride, std::int64_t expansion)
        : m_addsInput(stride == 1 && in == out) {
        const std::int64_t width = in * expansion;
        auto layers = std::make_shared<Chain>();
        int index = 0;
        const auto add = [&](LayerPtr layer) { layers->add(std::to_string(index++), std::move(layer)); };
        if (expansion != 1) add(convNormRelu({.in = in, .out = width}));
        add(convNormRelu(
            {.in = width, .out = width, .kernel = 3, .stride = stride, .padding = 1, .groups = width}));
        add(std::make_shared<Conv2d>(ConvOptions{.in = width, .out = out}));
        add(std::make_shared<BatchNorm2d>(out));
        m_conv = adopt(*this, "conv", layers);
    }

    at::Tensor forward(const at::Tensor& input) override {
        const at::Tensor output = m_conv->forward(input);
        return m_addsInput ? input + output : output;
    }

  private:
    LayerPtr m_conv;
    bool m_addsInput;
};

}  // namespace

Backbone makeMobileNetV2() {
    struct Row {
        std::int64_t expansion, channels, repeats, stride;
    };
    static constexpr Row kRows[] = {{1, 16, 1, 1}, {6, 24, 2, 2},  {6, 32, 3, 2}, {6, 64, 4, 2},
                                    {6, 96, 3, 1}, {6, 160, 3, 2}, {6, 320, 1, 1}};
    Backbone net;
    torch::nn::Module& features = childAt(*net.root, "features");
    int index = 0;
    const auto add = [&](const std::string& stage, const LayerPtr& layer) {
        const std::string number = std::to_string(index++);
        net.units.push_back({"features." + number, stage, {adopt(features, number, layer)}});
    };

    std::int64_t channels = 32;
    add("stem", convNormRelu({.in = 3, .out = channels, .kernel = 3, .stride = 2, .padding = 1}));
    int stage = 0;
    for (const Row& row : kRows) {
        const std::string stageName = "stage" + std::to_string(++stage);
        for (std::int64_t i = 0; i < row.repeats; ++i) {
            add(stageName, std::make_shared<InvertedResidual>(channels, row.channels, i == 0 ? row.stride : 1,
                                                              row.expansion));
            channels = row.channels;
        }
    }
    net.featureChannels = 1280;
    add("top", convNormRelu({.in = channels, .out = net.featureChannels}));
    net.classifierName = "classifier.1";
    return net;
}

}  // namespace graft::backbones
