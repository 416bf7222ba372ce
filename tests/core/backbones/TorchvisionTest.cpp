// SPDX-License-Identifier: GPL-3.0-or-later
// Same weights, same input, same output as torchvision in Python, and the same loss after a step of training.
#include <filesystem>

#include "core/backbones/Catalogue.h"
#include "tests/support/BackboneParity.h"

namespace graft::test {

namespace {

// One or two of each family.
const std::vector<std::string> kSmall{
    "resnet18",        "mobilenet_v2",   "mobilenet_v3_small", "squeezenet1_1",
    "densenet121",     "googlenet",      "mnasnet0_5",         "shufflenet_v2_x0_5",
    "efficientnet_b0", "regnet_x_400mf", "regnet_y_400mf",     "convnext_tiny",
    "swin_t",          "vit_b_32"};

// Small pictures, as far as the architecture takes them; a few at their real size.
int sideOf(const std::string& name) {
    if (name == "maxvit_t" || name == "vit_b_32" || name == "swin_s") return 224;
    if (name == "swin_v2_s") return 256;
    if (name == "inception_v3") return 96;
    return name == "vit_h_14" ? 98 : 64;
}

// Every backbone of the list, a few at a time: their weights lie on the disk until they are compared.
void expectTorchvisions(const std::vector<std::string>& names) {
    constexpr std::int64_t kParametersAtOnce = 400'000'000;
    const TemporaryFolder folder;
    std::size_t next = 0;
    while (next < names.size()) {
        std::vector<std::string> arguments{"models", folder.path(), std::to_string(7 + next)};
        std::int64_t parameters = 0;
        const std::size_t first = next;
        while (next < names.size() && (next == first || parameters < kParametersAtOnce)) {
            arguments.push_back(names[next] + ":" + std::to_string(sideOf(names[next])));
            parameters += backbones::findBackbone(names[next])->parameters;
            ++next;
        }
        runPython("torchvision_reference.py", arguments);
        for (std::size_t i = first; i < next; ++i) {
            SCOPED_TRACE(names[i]);
            const std::string stem = folder.path(names[i]);
            auto network = loadNetwork(names[i], stem + ".pth");
            expectSameLogits(network, stem, sideOf(names[i]));
            expectSameTraining(network, stem, sideOf(names[i]));
            std::filesystem::remove(stem + ".pth");
        }
    }
}

TEST(TorchvisionTest, SmallBackbonesGiveTheSameNumbers) {
    expectTorchvisions(kSmall);
}

// Label slow.
TEST(EveryBackboneTest, GivesTheSameNumbers) {
    std::vector<std::string> names;
    for (const auto& entry : backbones::catalogue()) {
        const bool known = std::ranges::find(names, entry.name) != names.end();
        const bool small = std::ranges::find(kSmall, entry.name) != kSmall.end();
        if (!known && !small && entry.url.find("pytorch.org") != std::string::npos)
            names.push_back(entry.name);
    }
    EXPECT_GT(names.size(), 50U);
    expectTorchvisions(names);
}

constexpr int kRealSide = 96;

void expectRealWeights(const std::string& name, const std::string& file) {
    const TemporaryFolder folder;
    runPython("torchvision_reference.py", {"real", folder.path(), file, name});
    auto network = loadNetwork(name, file);
    expectSameLogits(network, folder.path("real-" + name), kRealSide);
}

TEST(TorchvisionTest, RealMobileNetV2GivesTheSameLogits) {
    GRAFT_NEED_SHARED("weights/mobilenet_v2-imagenet.safetensors");
    expectRealWeights("mobilenet_v2", sharedPath("weights/mobilenet_v2-imagenet.safetensors"));
}

TEST(TorchvisionTest, RealSqueezeNetGivesTheSameLogits) {
    GRAFT_NEED_SHARED("weights/squeezenet1_1-imagenet.safetensors");
    expectRealWeights("squeezenet1_1", sharedPath("weights/squeezenet1_1-imagenet.safetensors"));
}

}  // namespace

}  // namespace graft::test
