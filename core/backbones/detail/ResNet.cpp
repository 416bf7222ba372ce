// SPDX-License-Identifier: GPL-3.0-or-later
// He, Zhang, Ren, Sun: Deep Residual Learning for Image Recognition (2015), table 1. As torchvision, the
// bottleneck's stride is in its 3 x 3 convolution ("ResNet v1.5").
#include "core/backbones/detail/Backbone.h"

namespace graft::backbones {

namespace {

LayerPtr conv(std::int64_t in, std::int64_t out, std::int64_t kernel, std::int64_t stride = 1) {
    return std::make_shared<Conv2d>(
        ConvOptions{.in = in, .out = out, .kernel = kernel, .stride = stride, .padding = kernel / 2});
}

LayerPtr norm(std::int64_t channels) {
    return std::make_shared<BatchNorm2d>(channels);
}

// Two or three convolutions with batch norm, and the input added to their result.
class ResidualBlock : public Layer {
  public:
    ResidualBlock(std::int64_t in, std::int64_t width, std::int64_t stride, bool bottleneck) {
        const std::int64_t out = bottleneck ? width * 4 : width;
        if (bottleneck) {
            addConv(conv(in, width, 1), width);
            addConv(conv(width, width, 3, stride), width);
            addConv(conv(width, out, 1), out);
        } else {
            addConv(conv(in, width, 3, stride), width);
            addConv(conv(width, width, 3), width);
        }
        if (stride != 1 || in != out) {
            m_shortcut = adopt(*this, "downsample",
                               std::make_shared<Chain>(std::vector<std::pair<std::string, LayerPtr>>{
                                   {"0", conv(in, out, 1, stride)}, {"1", norm(out)}}));
        }
    }

    at::Tensor forward(const at::Tensor& input) override {
        at::Tensor x = input;
        for (std::size_t i = 0; i < m_convs.size(); ++i) {
            x = m_norms[i]->forward(m_convs[i]->forward(x));
            if (i + 1 < m_convs.size()) x = at::relu(x);
        }
        return at::relu(x + (m_shortcut ? m_shortcut->forward(input) : input));
    }

  private:
    void addConv(LayerPtr layer, std::int64_t channels) {
        const std::string number = std::to_string(m_convs.size() + 1);
        m_convs.push_back(adopt(*this, "conv" + number, std::move(layer)));
        m_norms.push_back(adopt(*this, "bn" + number, norm(channels)));
    }

    std::vector<LayerPtr> m_convs;
    std::vector<LayerPtr> m_norms;
    LayerPtr m_shortcut;
};

}  // namespace

Backbone makeResNet(const std::vector<int>& blocks, bool bottleneck) {
    Backbone net;
    const auto conv1 = adopt(*net.root, "conv1", conv(3, 64, 7, 2));
    const auto bn1 = adopt(*net.root, "bn1", norm(64));
    net.units.push_back(
        {"conv1", "stem", {conv1, bn1, std::make_shared<Relu>(), std::make_shared<MaxPool2d>(3, 2, 1)}});

    std::int64_t channels = 64;
    for (std::size_t stage = 0; stage < blocks.size(); ++stage) {
        const std::string stageName = "layer" + std::to_string(stage + 1);
        const std::int64_t width = 64LL << stage;
        for (int block = 0; block < blocks[stage]; ++block) {
            const std::int64_t stride = stage > 0 && block == 0 ? 2 : 1;
            const std::string blockName = std::to_string(block);
            const LayerPtr layer = std::make_shared<ResidualBlock>(channels, width, stride, bottleneck);
            adopt(childAt(*net.root, stageName), blockName, layer);
            net.units.push_back({stageName + "." + blockName, stageName, {layer}});
            channels = bottleneck ? width * 4 : width;
        }
    }
    net.featureChannels = channels;
    net.classifierName = "fc";
    return net;
}

}  // namespace graft::backbones
