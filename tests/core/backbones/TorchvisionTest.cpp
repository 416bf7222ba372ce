// SPDX-License-Identifier: GPL-3.0-or-later
// Same weights, same input, same output as torchvision in Python.
#include <torch/utils.h>

#include "core/backbones/detail/Network.h"
#include "core/weights/WeightFile.h"
#include "tests/support/RawTensors.h"
#include "tests/support/TestFiles.h"

namespace graft::test {

namespace {

const std::vector<std::string> kNames{"resnet18",  "resnet34",     "resnet50",      "resnet101",
                                      "resnet152", "mobilenet_v2", "squeezenet1_0", "squeezenet1_1"};

class TorchvisionTest : public testing::TestWithParam<std::string> {
  protected:
    static void expectSame(const std::string& backbone, const std::string& weightsFile,
                           const std::string& stem) {
        auto network = backbones::Network::create(backbone, 1000, {}).value();
        const auto dict = weights::readWeights(weightsFile);
        ASSERT_TRUE(dict) << dict.error().sentence();
        const auto loaded = network.load(*dict, true, weightsFile);
        ASSERT_TRUE(loaded) << loaded.error().sentence();
        network.train(false);
        const torch::NoGradGuard noGradients;
        const at::Tensor input = readTensor(stem + ".in", {2, 3, 96, 96});
        const at::Tensor expected = readTensor(stem + ".out", {2, 1000});
        EXPECT_LT(relativeDifference(network.forward(input), expected), 1e-4);

        network.to(at::kCPU);  // the layout that training uses
        EXPECT_LT(relativeDifference(network.forward(backbones::Network::toInput(input, at::kCPU)), expected),
                  1e-4);
    }
};

TEST_P(TorchvisionTest, RandomWeightsGiveTheSameLogits) {
    const TemporaryFolder folder;
    runPython("torchvision_reference.py", {"models", folder.path(), GetParam()});
    expectSame(GetParam(), folder.path(GetParam() + ".pth"), folder.path(GetParam()));
}

INSTANTIATE_TEST_SUITE_P(Backbones, TorchvisionTest, testing::ValuesIn(kNames),
                         [](const auto& instance) { return instance.param; });

TEST_F(TorchvisionTest, RealMobileNetV2GivesTheSameLogits) {
    GRAFT_NEED_SHARED("weights/mobilenet_v2-imagenet.safetensors");
    const TemporaryFolder folder;
    const std::string weights = sharedPath("weights/mobilenet_v2-imagenet.safetensors");
    runPython("torchvision_reference.py", {"real", folder.path(), weights, "mobilenet_v2"});
    expectSame("mobilenet_v2", weights, folder.path("real-mobilenet_v2"));
}

TEST_F(TorchvisionTest, RealSqueezeNetGivesTheSameLogits) {
    GRAFT_NEED_SHARED("weights/squeezenet1_1-imagenet.safetensors");
    const TemporaryFolder folder;
    const std::string weights = sharedPath("weights/squeezenet1_1-imagenet.safetensors");
    runPython("torchvision_reference.py", {"real", folder.path(), weights, "squeezenet1_1"});
    expectSame("squeezenet1_1", weights, folder.path("real-squeezenet1_1"));
}

}  // namespace

}  // namespace graft::test
