// SPDX-License-Identifier: GPL-3.0-or-later
// He, Zhang, Ren, Sun: Deep Residual Learning for Image Recognition (2015), table 1; Xie et al.: ResNeXt
// (2017); Zagoruyko, Komodakis: Wide ResNet (2016). As torchvision, the bottleneck's stride is in its 3 x 3
// convolution
// ("ResNet v1.5").
#include "core/backbones/torch/Backbone.h"

namespace graft::backbones {

namespace {

struct Shape {
    std::vector<int> blocks;  // of each stage
    bool bottleneck = true;
    std::int64_t groups = 1;       // of the bottleneck's 3 x 3 convolution
    std::int64_t groupWidth = 64;  // its channels in the first stage are groups * groupWidth
};

LayerPtr conv(std::int64_t in, std::int64_t out, std::int64_t kernel, std::int64_t stride = 1,
              std::int64_t groups = 1) {
    return std::make_shared<Conv2d>(ConvOptions{
        .in = in, .out = out, .kernel = kernel, .stride = stride, .padding = kernel / 2, .groups = groups});
}

LayerPtr norm(std::int64_t channels) {
    return std::make_shared<BatchNorm2d>(channels);
}

// Two or three convolutions with batch norm, and the input added to their result.
class ResidualBlock : public Layer {
  public:
    ResidualBlock(std::int64_t in, std::int64_t planes, std::int64_t stride, const Shape& shape) {
        const std::int64_t out = shape.bottleneck ? planes * 4 : planes;
        if (shape.bottleneck) {
            const std::int64_t width = planes * shape.groupWidth / 64 * shape.groups;
            addConv(conv(in, width, 1), width);
            addConv(conv(width, width, 3, stride, shape.groups), width);
            addConv(conv(width, out, 1), out);
        } else {
            addConv(conv(in, planes, 3, stride), planes);
            addConv(conv(planes, planes, 3), planes);
        }
        if (stride != 1 || in != out) {
            m_shortcut =
                adopt(*this, "downsample",
                      std::make_shared<Chain>(std::vector<LayerPtr>{conv(in, out, 1, stride), norm(out)}));
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
    Wiring wiring() const override { return Wiring::Residual; }

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

Backbone makeResNet(const Shape& shape) {
    Backbone net;
    net.addUnit("conv1", "stem", conv(3, 64, 7, 2));
    auto& stem = net.units.back().steps;
    stem.push_back(net.place("bn1", norm(64)));
    stem.push_back(std::make_shared<Activation>(Function::Relu));
    stem.push_back(std::make_shared<MaxPool2d>(3, 2, 1));
    std::int64_t channels = 64;
    for (std::size_t stage = 0; stage < shape.blocks.size(); ++stage) {
        const std::string stageName = "layer" + std::to_string(stage + 1);
        const std::int64_t planes = 64LL << stage;
        for (int block = 0; block < shape.blocks[stage]; ++block) {
            const std::int64_t stride = stage > 0 && block == 0 ? 2 : 1;
            net.addUnit(stageName + "." + std::to_string(block), stageName,
                        std::make_shared<ResidualBlock>(channels, planes, stride, shape));
            channels = shape.bottleneck ? planes * 4 : planes;
        }
    }
    net.featureChannels = channels;
    net.classifierName = "fc";
    return net;
}

}  // namespace

std::vector<Architecture> resNets() {
    const auto architecture = [](const std::string& name, const Shape& shape) {
        return Architecture{name, [shape] { return makeResNet(shape); }};
    };
    return {architecture("resnet18", {{2, 2, 2, 2}, false}),
            architecture("resnet34", {{3, 4, 6, 3}, false}),
            architecture("resnet50", {{3, 4, 6, 3}}),
            architecture("resnet101", {{3, 4, 23, 3}}),
            architecture("resnet152", {{3, 8, 36, 3}}),
            architecture("resnext50_32x4d", {{3, 4, 6, 3}, true, 32, 4}),
            architecture("resnext101_32x8d", {{3, 4, 23, 3}, true, 32, 8}),
            architecture("resnext101_64x4d", {{3, 4, 23, 3}, true, 64, 4}),
            architecture("wide_resnet50_2", {{3, 4, 6, 3}, true, 1, 128}),
            architecture("wide_resnet101_2", {{3, 4, 23, 3}, true, 1, 128})};
}

}  // namespace graft::backbones
