// SPDX-License-Identifier: GPL-3.0-or-later
// Iandola et al.: SqueezeNet (2016), figure 2, and version 1.1 of the authors' repository. A stage ends
// where the picture is halved.
#include "core/backbones/torch/Backbone.h"

namespace graft::backbones {

namespace {

LayerPtr conv(std::int64_t in, std::int64_t out, std::int64_t kernel, std::int64_t padding = 0,
              std::int64_t stride = 1) {
    return std::make_shared<Conv2d>(ConvOptions{
        .in = in, .out = out, .kernel = kernel, .stride = stride, .padding = padding, .bias = true});
}

// A narrow 1 x 1 convolution, read by a 1 x 1 and a 3 x 3 one side by side.
class Fire : public Layer {
  public:
    Fire(std::int64_t in, std::int64_t squeeze, std::int64_t expand)
        : m_squeeze(adopt(*this, "squeeze", conv(in, squeeze, 1))),
          m_expand1(adopt(*this, "expand1x1", conv(squeeze, expand, 1))),
          m_expand3(adopt(*this, "expand3x3", conv(squeeze, expand, 3, 1))) {}

    at::Tensor forward(const at::Tensor& input) override {
        const at::Tensor x = at::relu(m_squeeze->forward(input));
        return at::cat({at::relu(m_expand1->forward(x)), at::relu(m_expand3->forward(x))}, 1);
    }
    Wiring wiring() const override { return Wiring::Branches; }

  private:
    LayerPtr m_squeeze, m_expand1, m_expand3;
};

Backbone makeSqueezeNet(bool version11) {
    struct FireSize {
        std::int64_t squeeze, expand;
        bool poolAfter10, poolAfter11;
    };
    static constexpr FireSize kFires[] = {
        {16, 64, false, false},  {16, 64, false, true},   {32, 128, true, false}, {32, 128, false, true},
        {48, 192, false, false}, {48, 192, false, false}, {64, 256, true, false}, {64, 256, false, false}};
    Backbone net;
    const auto pool = [] { return std::make_shared<MaxPool2d>(3, 2, 0, true); };
    std::int64_t channels = version11 ? 64 : 96;
    net.addUnit("features.0", "stem", conv(3, channels, version11 ? 3 : 7, 0, 2),
                {std::make_shared<Activation>(Function::Relu), pool()});
    int stage = 1;
    int index = 3;  // torchvision counts the activations and pools too
    for (const FireSize& fire : kFires) {
        net.addUnit("features." + std::to_string(index++), "stage" + std::to_string(stage),
                    std::make_shared<Fire>(channels, fire.squeeze, fire.expand));
        channels = fire.expand * 2;
        if (version11 ? fire.poolAfter11 : fire.poolAfter10) {
            net.units.back().steps.push_back(pool());
            ++index;
            ++stage;
        }
    }
    net.featureChannels = channels;
    net.classifierName = "classifier.1";
    net.classifierKind = ClassifierKind::ConvolutionRelu;
    return net;
}

}  // namespace

std::vector<Architecture> squeezeNets() {
    return {{"squeezenet1_0", [] { return makeSqueezeNet(false); }},
            {"squeezenet1_1", [] { return makeSqueezeNet(true); }}};
}

}  // namespace graft::backbones
