// SPDX-License-Identifier: GPL-3.0-or-later
// Huang, Liu, van der Maaten, Weinberger: Densely Connected Convolutional Networks (2017), table 1; stages
// are the table's rows, units the layers of a dense block.
#include "core/backbones/torch/Backbone.h"

#include <regex>

namespace graft::backbones {

namespace {

// Adds growth channels to what it is given.
class DenseLayer : public Layer {
  public:
    DenseLayer(std::int64_t in, std::int64_t growth)
        : m_norm1(adopt(*this, "norm1", std::make_shared<BatchNorm2d>(in))),
          m_conv1(adopt(*this, "conv1",
                        std::make_shared<Conv2d>(ConvOptions{.in = in, .out = kBottleneck * growth}))),
          m_norm2(adopt(*this, "norm2", std::make_shared<BatchNorm2d>(kBottleneck * growth))),
          m_conv2(adopt(*this, "conv2",
                        std::make_shared<Conv2d>(ConvOptions{
                            .in = kBottleneck * growth, .out = growth, .kernel = 3, .padding = 1}))) {}

    at::Tensor forward(const at::Tensor& input) override {
        const at::Tensor narrow = m_conv1->forward(at::relu(m_norm1->forward(input)));
        return at::cat({input, m_conv2->forward(at::relu(m_norm2->forward(narrow)))}, 1);
    }
    Wiring wiring() const override { return Wiring::Dense; }

  private:
    static constexpr std::int64_t kBottleneck = 4;
    LayerPtr m_norm1, m_conv1, m_norm2, m_conv2;
};

// "denselayer1.norm.1.weight", as files from before PyTorch 0.4 call it, is "denselayer1.norm1.weight" now.
std::string presentName(const std::string& name) {
    static const std::regex old(R"((denselayer\d+\.(?:norm|conv))\.([12])\.)");
    return std::regex_replace(name, old, "$1$2.");
}

Backbone makeDenseNet(std::int64_t growth, const std::vector<int>& layers, std::int64_t channels) {
    Backbone net;
    const auto relu = [] { return std::make_shared<Activation>(Function::Relu); };
    net.addUnit("features.conv0", "stem",
                std::make_shared<Conv2d>(
                    ConvOptions{.in = 3, .out = channels, .kernel = 7, .stride = 2, .padding = 3}));
    auto& stem = net.units.back().steps;
    stem.push_back(net.place("features.norm0", std::make_shared<BatchNorm2d>(channels)));
    stem.push_back(relu());
    stem.push_back(std::make_shared<MaxPool2d>(3, 2, 1));
    for (std::size_t block = 0; block < layers.size(); ++block) {
        const std::string number = std::to_string(block + 1);
        for (int i = 0; i < layers[block]; ++i) {
            net.addUnit("features.denseblock" + number + ".denselayer" + std::to_string(i + 1),
                        "denseblock" + number, std::make_shared<DenseLayer>(channels, growth));
            channels += growth;
        }
        if (block + 1 == layers.size()) break;
        const std::string transition = "transition" + number;
        net.addUnit("features." + transition, transition,
                    std::make_shared<Chain>(std::vector<std::pair<std::string, LayerPtr>>{
                        {"norm", std::make_shared<BatchNorm2d>(channels)},
                        {"relu", relu()},
                        {"conv", std::make_shared<Conv2d>(ConvOptions{.in = channels, .out = channels / 2})},
                        {"pool", std::make_shared<AvgPool2d>(2, 2)}}));
        channels /= 2;
    }
    net.addUnit("features.norm5", "top", std::make_shared<BatchNorm2d>(channels), {relu()});
    net.featureChannels = channels;
    net.classifierName = "classifier";
    net.presentName = presentName;
    return net;
}

}  // namespace

std::vector<Architecture> denseNets() {
    return {{"densenet121",
             [] {
                 return makeDenseNet(32, {6, 12, 24, 16}, 64);
             }},
            {"densenet161",
             [] {
                 return makeDenseNet(48, {6, 12, 36, 24}, 96);
             }},
            {"densenet169",
             [] {
                 return makeDenseNet(32, {6, 12, 32, 32}, 64);
             }},
            {"densenet201", [] {
                 return makeDenseNet(32, {6, 12, 48, 32}, 64);
             }}};
}

}  // namespace graft::backbones
