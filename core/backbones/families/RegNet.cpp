// SPDX-License-Identifier: GPL-3.0-or-later
// Radosavovic et al.: Designing Network Design Spaces (2020): RegNetX, and with squeeze-and-excitation
// RegNetY.
#include "core/backbones/torch/Backbone.h"
#include "core/backbones/torch/Blocks.h"

#include <algorithm>
#include <cmath>

namespace graft::backbones {

namespace {

struct Shape {
    int depth;         // blocks in all
    float firstWidth;  // w_0
    float slope;       // w_a
    float step;        // w_m
    std::int64_t groupWidth;
};

struct Stage {
    std::int64_t width = 0;
    int blocks = 0;
};

// Section 3.3, equations 2 to 4: widths grow linearly over the blocks, rounded to powers of step and to
// multiples of 8, then to the group's width. In float as torchvision reckons, so that the rounding is the
// same.
std::vector<Stage> stagesOf(const Shape& shape) {
    std::vector<Stage> stages;
    for (int i = 0; i < shape.depth; ++i) {
        const float linear = static_cast<float>(i) * shape.slope + shape.firstWidth;
        const float power =
            std::nearbyint(std::log(linear / shape.firstWidth) / static_cast<float>(std::log(shape.step)));
        const float rounded = std::nearbyint(shape.firstWidth * std::pow(shape.step, power) / 8.0F) * 8.0F;
        const auto width = static_cast<std::int64_t>(rounded);
        if (stages.empty() || stages.back().width != width) stages.push_back({width, 0});
        ++stages.back().blocks;
    }
    for (Stage& stage : stages) {
        stage.width =
            makeDivisible(static_cast<double>(stage.width), std::min(shape.groupWidth, stage.width));
    }
    return stages;
}

class RegNetBlock : public Layer {
  public:
    RegNetBlock(std::int64_t in, std::int64_t out, std::int64_t stride, std::int64_t groupWidth,
                bool squeezes) {
        if (in != out || stride != 1) {
            m_shortcut =
                adopt(*this, "proj", convNorm({.in = in, .out = out, .stride = stride}, Function::None));
        }
        const auto branch = std::make_shared<Chain>();
        branch->add("a", convNorm({.in = in, .out = out}, Function::Relu));
        branch->add("b", convNorm({.in = out,
                                   .out = out,
                                   .kernel = 3,
                                   .stride = stride,
                                   .groups = out / std::min(groupWidth, out)},
                                  Function::Relu));
        if (squeezes) {
            // A quarter of what comes in, to the even neighbour at one half as Python rounds.
            const auto squeezed = static_cast<std::int64_t>(std::nearbyint(0.25 * static_cast<double>(in)));
            branch->add(
                "se", std::make_shared<SqueezeExcitation>(out, squeezed, Function::Relu, Function::Sigmoid));
        }
        branch->add("c", convNorm({.in = out, .out = out}, Function::None));
        m_branch = adopt(*this, "f", LayerPtr(branch));
    }

    at::Tensor forward(const at::Tensor& input) override {
        return at::relu((m_shortcut ? m_shortcut->forward(input) : input) + m_branch->forward(input));
    }
    Wiring wiring() const override { return Wiring::Residual; }

  private:
    LayerPtr m_shortcut, m_branch;
};

Backbone makeRegNet(const Shape& shape, bool squeezes) {
    Backbone net;
    std::int64_t channels = 32;
    net.addUnit("stem", "stem",
                convNorm({.in = 3, .out = channels, .kernel = 3, .stride = 2}, Function::Relu));
    int number = 1;
    for (const Stage& stage : stagesOf(shape)) {
        const std::string name = "block" + std::to_string(number++);
        for (int i = 0; i < stage.blocks; ++i) {
            net.addUnit("trunk_output." + name + "." + name + "-" + std::to_string(i), name,
                        std::make_shared<RegNetBlock>(channels, stage.width, i == 0 ? 2 : 1, shape.groupWidth,
                                                      squeezes));
            channels = stage.width;
        }
    }
    net.featureChannels = channels;
    net.classifierName = "fc";
    return net;
}

}  // namespace

std::vector<Architecture> regNets() {
    const auto architecture = [](const std::string& name, bool squeezes, const Shape& shape) {
        return Architecture{"regnet_" + name, [shape, squeezes] { return makeRegNet(shape, squeezes); }};
    };
    return {architecture("y_400mf", true, {16, 48, 27.89F, 2.09F, 8}),
            architecture("y_800mf", true, {14, 56, 38.84F, 2.4F, 16}),
            architecture("y_1_6gf", true, {27, 48, 20.71F, 2.65F, 24}),
            architecture("y_3_2gf", true, {21, 80, 42.63F, 2.66F, 24}),
            architecture("y_8gf", true, {17, 192, 76.82F, 2.19F, 56}),
            architecture("y_16gf", true, {18, 200, 106.23F, 2.48F, 112}),
            architecture("y_32gf", true, {20, 232, 115.89F, 2.53F, 232}),
            architecture("y_128gf", true, {27, 456, 160.83F, 2.52F, 264}),
            architecture("x_400mf", false, {22, 24, 24.48F, 2.54F, 16}),
            architecture("x_800mf", false, {16, 56, 35.73F, 2.28F, 16}),
            architecture("x_1_6gf", false, {18, 80, 34.01F, 2.25F, 24}),
            architecture("x_3_2gf", false, {25, 88, 26.31F, 2.25F, 48}),
            architecture("x_8gf", false, {23, 80, 49.56F, 2.88F, 120}),
            architecture("x_16gf", false, {22, 216, 55.59F, 2.1F, 128}),
            architecture("x_32gf", false, {23, 320, 69.86F, 2.0F, 168})};
}

}  // namespace graft::backbones
