// SPDX-License-Identifier: GPL-3.0-or-later
// Same weights, same input, same output as torchvision in Python, and the same loss after a step of training.
#include <torch/nn/functional/loss.h>
#include <torch/optim/sgd.h>
#include <torch/utils.h>

#include <filesystem>

#include "core/backbones/Catalogue.h"
#include "core/backbones/torch/Network.h"
#include "core/weights/WeightFile.h"
#include "tests/support/RawTensors.h"
#include "tests/support/TestFiles.h"

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

void expectSameLogits(backbones::Network& network, const std::string& stem, int side) {
    network.train(false);
    const torch::NoGradGuard noGradients;
    const at::Tensor input = readTensor(stem + ".in", {2, 3, side, side});
    const at::Tensor expected = readTensor(stem + ".out", {2, 1000});
    EXPECT_LT(relativeDifference(network.forward(input), expected), 1e-4);
    network.to(at::kCPU);  // the layout that training uses
    EXPECT_LT(relativeDifference(network.forward(backbones::Network::toInput(input, at::kCPU)), expected),
              1e-4);
}

void expectSameTraining(backbones::Network& network, const std::string& stem, int side) {
    for (const auto& module : network.root().modules()) {
        if (auto* layer = dynamic_cast<backbones::RandomLayer*>(module.get())) layer->probability = 0.0;
    }
    for (const backbones::Unit& unit : network.units()) {
        for (const auto& step : unit.steps) {  // layers without parameters are not below the root
            if (auto* layer = dynamic_cast<backbones::RandomLayer*>(step.get())) layer->probability = 0.0;
        }
    }
    network.freeze({});
    network.train(true);
    const at::Tensor batch = readTensor(stem + ".batch", {4, 3, side, side});
    const at::Tensor expected = readTensor(stem + ".loss", {3});  // before and after the step, learning rate
    std::vector<at::Tensor> parameters;
    for (const auto& [name, parameter] : network.trainableParameters())
        parameters.push_back(parameter);
    torch::optim::SGD optimizer(parameters, torch::optim::SGDOptions(expected[2].item<float>()));
    for (int step = 0; step < 2; ++step) {
        optimizer.zero_grad();
        const at::Tensor loss =
            torch::nn::functional::cross_entropy(network.forward(batch), at::arange(4, torch::kLong) * 7);
        const float wanted = expected[step].item<float>();
        EXPECT_NEAR(loss.item<float>(), wanted, 1e-4F * std::abs(wanted)) << "step " << step;
        loss.backward();
        optimizer.step();
    }
    EXPECT_LT(expected[1].item<float>(), expected[0].item<float>() - 0.01F);
}

backbones::Network load(const std::string& name, const std::string& weightsFile) {
    const backbones::UnsetWeights readFromTheFile;
    auto network = backbones::Network::create(name, 1000, {}).value();
    const auto dict = weights::readWeights(weightsFile);
    EXPECT_TRUE(dict) << dict.error().sentence();
    const auto loaded = network.load(*dict, true, weightsFile);
    EXPECT_TRUE(loaded) << loaded.error().sentence();
    return network;
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
            auto network = load(names[i], stem + ".pth");
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
    auto network = load(name, file);
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
