// SPDX-License-Identifier: GPL-3.0-or-later
// Szegedy et al.: Rethinking the Inception Architecture (2015), table 1 and figures 5 to 7 and 10. The
// auxiliary classifier, which only training from scratch needs, is left out.
#include "core/backbones/torch/Backbone.h"
#include "core/backbones/torch/InceptionParts.h"

namespace graft::backbones {

namespace {

// One convolution of a branch.
struct Step {
    const char* name;
    std::int64_t out;
    Extent kernel = 1;
    std::int64_t stride = 1;
};

// Convolutions one behind the other, each registered beside its siblings (not below them) as torchvision
// does. The last ones may stand side by side, their outputs joined.
struct Branch {
    std::vector<Step> steps;
    std::vector<Step> sideBySide;
};

enum class Pool { Average, Max };

// Branches of a map, and of its pooled self; joined along the channels.
class Mixed : public Layer {
  public:
    // poolChannels: of the 1 x 1 convolution behind an average pool; a maximum pool halves the map and has
    // none.
    Mixed(std::int64_t in, const std::vector<Branch>& branches, Pool pool, std::int64_t poolChannels)
        : m_pool(pool) {
        for (const Branch& branch : branches) {
            std::int64_t channels = in;
            Path path;
            for (const Step& step : branch.steps) {
                path.steps.push_back(add(step, channels));
                channels = step.out;
            }
            out += branch.sideBySide.empty() ? channels : 0;
            for (const Step& step : branch.sideBySide) {
                path.sideBySide.push_back(add(step, channels));
                out += step.out;
            }
            m_paths.push_back(std::move(path));
        }
        if (pool == Pool::Average) m_poolConv = add({"branch_pool", poolChannels}, in);
        out += pool == Pool::Average ? poolChannels : in;
    }

    at::Tensor forward(const at::Tensor& input) override {
        std::vector<at::Tensor> outputs;
        for (const Path& path : m_paths) {
            at::Tensor x = input;
            for (const LayerPtr& step : path.steps)
                x = step->forward(x);
            if (path.sideBySide.empty()) outputs.push_back(x);
            for (const LayerPtr& step : path.sideBySide)
                outputs.push_back(step->forward(x));
        }
        outputs.push_back(m_pool == Pool::Average ? m_poolConv->forward(at::avg_pool2d(input, 3, 1, 1))
                                                  : at::max_pool2d(input, 3, 2));
        return at::cat(outputs, 1);
    }
    Wiring wiring() const override { return Wiring::Branches; }

    std::int64_t out = 0;  // channels

  private:
    struct Path {
        std::vector<LayerPtr> steps, sideBySide;
    };

    LayerPtr add(const Step& step, std::int64_t in) {
        return adopt(*this, step.name,
                     basicConv({.in = in,
                                .out = step.out,
                                .kernel = step.kernel,
                                .stride = step.stride,
                                .padding = step.stride == 1 ? samePadding(step.kernel) : Extent(0)}));
    }

    std::vector<Path> m_paths;
    Pool m_pool;
    LayerPtr m_poolConv;
};

const Extent kRow{1, 7}, kColumn{7, 1};

std::shared_ptr<Mixed> blockA(std::int64_t in, std::int64_t poolChannels) {
    return std::make_shared<Mixed>(
        in,
        std::vector<Branch>{
            {{{"branch1x1", 64}}, {}},
            {{{"branch5x5_1", 48}, {"branch5x5_2", 64, 5}}, {}},
            {{{"branch3x3dbl_1", 64}, {"branch3x3dbl_2", 96, 3}, {"branch3x3dbl_3", 96, 3}}, {}}},
        Pool::Average, poolChannels);
}

std::shared_ptr<Mixed> blockB(std::int64_t in) {
    return std::make_shared<Mixed>(
        in,
        std::vector<Branch>{
            {{{"branch3x3", 384, 3, 2}}, {}},
            {{{"branch3x3dbl_1", 64}, {"branch3x3dbl_2", 96, 3}, {"branch3x3dbl_3", 96, 3, 2}}, {}}},
        Pool::Max, 0);
}

std::shared_ptr<Mixed> blockC(std::int64_t in, std::int64_t width) {
    return std::make_shared<Mixed>(
        in,
        std::vector<Branch>{
            {{{"branch1x1", 192}}, {}},
            {{{"branch7x7_1", width}, {"branch7x7_2", width, kRow}, {"branch7x7_3", 192, kColumn}}, {}},
            {{{"branch7x7dbl_1", width},
              {"branch7x7dbl_2", width, kColumn},
              {"branch7x7dbl_3", width, kRow},
              {"branch7x7dbl_4", width, kColumn},
              {"branch7x7dbl_5", 192, kRow}},
             {}}},
        Pool::Average, 192);
}

std::shared_ptr<Mixed> blockD(std::int64_t in) {
    return std::make_shared<Mixed>(
        in,
        std::vector<Branch>{{{{"branch3x3_1", 192}, {"branch3x3_2", 320, 3, 2}}, {}},
                            {{{"branch7x7x3_1", 192},
                              {"branch7x7x3_2", 192, kRow},
                              {"branch7x7x3_3", 192, kColumn},
                              {"branch7x7x3_4", 192, 3, 2}},
                             {}}},
        Pool::Max, 0);
}

std::shared_ptr<Mixed> blockE(std::int64_t in) {
    const Extent row{1, 3};
    const Extent column{3, 1};
    return std::make_shared<Mixed>(
        in,
        std::vector<Branch>{
            {{{"branch1x1", 320}}, {}},
            {{{"branch3x3_1", 384}}, {{"branch3x3_2a", 384, row}, {"branch3x3_2b", 384, column}}},
            {{{"branch3x3dbl_1", 448}, {"branch3x3dbl_2", 384, 3}},
             {{"branch3x3dbl_3a", 384, row}, {"branch3x3dbl_3b", 384, column}}}},
        Pool::Average, 192);
}

Backbone makeInceptionV3() {
    Backbone net;
    const auto pool = [] { return std::make_shared<MaxPool2d>(3, 2); };
    net.addUnit("Conv2d_1a_3x3", "stem", basicConv({.in = 3, .out = 32, .kernel = 3, .stride = 2}));
    net.addUnit("Conv2d_2a_3x3", "stem", basicConv({.in = 32, .out = 32, .kernel = 3}));
    net.addUnit("Conv2d_2b_3x3", "stem", basicConv({.in = 32, .out = 64, .kernel = 3, .padding = 1}),
                {pool()});
    net.addUnit("Conv2d_3b_1x1", "stem", basicConv({.in = 64, .out = 80}));
    net.addUnit("Conv2d_4a_3x3", "stem", basicConv({.in = 80, .out = 192, .kernel = 3}), {pool()});
    std::int64_t channels = 192;
    const auto add = [&](const std::string& name, const std::shared_ptr<Mixed>& block) {
        net.addUnit("Mixed_" + name, "Mixed_" + name.substr(0, 1), block);
        channels = block->out;
    };
    add("5b", blockA(channels, 32));
    add("5c", blockA(channels, 64));
    add("5d", blockA(channels, 64));
    add("6a", blockB(channels));
    for (const auto& [name, width] : {std::pair{"6b", 128}, {"6c", 160}, {"6d", 160}, {"6e", 192}})
        add(name, blockC(channels, width));
    add("7a", blockD(channels));
    add("7b", blockE(channels));
    add("7c", blockE(channels));
    net.featureChannels = channels;
    net.classifierName = "fc";
    net.leftOut = {"AuxLogits."};
    net.smallestInput = 75;
    return net;
}

}  // namespace

std::vector<Architecture> inceptions() {
    return {{"inception_v3", makeInceptionV3}};
}

}  // namespace graft::backbones
