// SPDX-License-Identifier: GPL-3.0-or-later
#include <torch/utils.h>

#include <nlohmann/json.hpp>

#include "core/backbones/Catalogue.h"
#include "core/backbones/FreezePlan.h"
#include "core/backbones/ModelSummary.h"
#include "core/backbones/torch/Network.h"
#include "tests/support/TestFiles.h"

namespace graft::test {

namespace {

std::int64_t countOf(const std::vector<at::Tensor>& tensors) {
    std::int64_t count = 0;
    for (const at::Tensor& tensor : tensors)
        count += tensor.numel();
    return count;
}

TEST(BlocksTest, ParametersAreTorchvisions) {
    std::vector<std::string> names;
    for (const auto& entry : backbones::catalogue()) {
        const bool torchvisions = entry.url.find("pytorch.org") != std::string::npos;
        if (torchvisions && std::ranges::find(names, entry.name) == names.end()) names.push_back(entry.name);
    }
    std::vector<std::string> arguments{"parameters"};
    arguments.insert(arguments.end(), names.begin(), names.end());
    const auto expected = nlohmann::json::parse(runPython("torchvision_reference.py", arguments));
    for (const std::string& name : names) {
        const backbones::UnsetWeights structureOnly;
        const auto network = backbones::Network::create(name, 1000, {}).value();
        std::int64_t parameters = countOf(network.head().parameters());
        for (const auto& unit : network.units())
            parameters += countOf(unit.parameters());
        EXPECT_EQ(parameters, countOf(network.root().parameters())) << name;
        EXPECT_EQ(parameters, expected.at(name).get<std::int64_t>()) << name;
        // The published figure counts Inception's auxiliary classifier, and ViT-H's places at 518 pixels.
        if (name == "inception_v3" || name == "vit_h_14") continue;
        EXPECT_EQ(parameters, backbones::findBackbone(name)->parameters) << name;
    }
}

TEST(BlocksTest, TensorsComeInTheOrderOfPythonsStateDict) {
    for (const std::string name :
         {"resnet18", "densenet121", "mnasnet0_5", "vgg11_bn", "vit_b_32", "swin_v2_t"}) {
        const auto expected = nlohmann::json::parse(runPython("torchvision_reference.py", {"names", name}));
        const backbones::UnsetWeights structureOnly;
        std::vector<std::string> names;
        for (const auto& [key, tensor] : backbones::Network::create(name, 1000, {}).value().namedTensors())
            names.push_back(key);
        EXPECT_TRUE(names == expected.get<std::vector<std::string>>()) << name << ": " << names.front();
    }
}

TEST(BlocksTest, CatalogueIsTorchvisionsMetadata) {
    const auto result =
        runProcess({GRAFT_PYTHON, GRAFT_SOURCE_DIR "/resources/regenerate-catalogue.py", "--check"});
    EXPECT_EQ(result.status, 0) << result.errors;
}

// Two counts that know nothing of each other: ours by running the units, the catalogue's by looking at every
// product that torchvision's model does.
TEST(BlocksTest, MultiplyAddsAreTorchvisions) {
    for (const std::string name : {"resnet18", "mobilenet_v2", "squeezenet1_1"}) {
        const auto entry = backbones::findBackbone(name).value();
        const auto summary = backbones::summarize(name, entry.preprocess.cropSize, 1000).value();
        std::int64_t total = summary.featureChannels * 1000LL;
        // SqueezeNet's classifier is a convolution: it runs at every position of the last unit's output.
        if (entry.family == "SqueezeNet")
            total *= summary.units.back().outputShape[1] * summary.units.back().outputShape[2];
        for (const auto& unit : summary.units)
            total += unit.multiplyAdds;
        const auto expected = static_cast<double>(entry.multiplyAdds);
        EXPECT_NEAR(static_cast<double>(total), expected, 0.005 * expected) << name;
    }
}

TEST(BlocksTest, ResNet18IsCutAsInItsPaper) {
    const auto summary = backbones::summarize("resnet18", 224).value();
    ASSERT_EQ(summary.units.size(), 9U);
    EXPECT_EQ(summary.units.front().name, "conv1");
    EXPECT_EQ(summary.units.front().stage, "stem");
    EXPECT_EQ(summary.units.front().outputShape, (std::vector<std::int64_t>{64, 56, 56}));
    EXPECT_EQ(summary.units.back().name, "layer4.1");
    EXPECT_EQ(summary.units.back().outputShape, (std::vector<std::int64_t>{512, 7, 7}));
    // 7 x 7 x 3 x 64 multiply-adds at each of 112 x 112 positions.
    EXPECT_EQ(summary.units.front().multiplyAdds, 118013952);
    std::int64_t total = summary.featureChannels * 1000LL;
    for (const auto& unit : summary.units)
        total += unit.multiplyAdds;
    EXPECT_NEAR(static_cast<double>(total), 1.814e9, 0.001e9);  // the published 1.81 GMACs
}

// Counted by hand in the papers' tables: an inverted residual adds its input where stride and channels allow.
TEST(BlocksTest, UnitsSayHowTheyAreWired) {
    using backbones::Wiring;
    const std::tuple<const char*, Wiring, std::size_t> expected[] = {
        {"resnet18", Wiring::Residual, 8},
        {"mobilenet_v2", Wiring::Residual, 10},
        {"efficientnet_b0", Wiring::Residual, 9},
        {"regnet_y_400mf", Wiring::Residual, 16},
        {"convnext_tiny", Wiring::Residual, 18},
        {"swin_t", Wiring::Residual, 12},
        {"vit_b_16", Wiring::Residual, 12},
        {"maxvit_t", Wiring::Residual, 11},
        {"densenet121", Wiring::Dense, 58},
        {"googlenet", Wiring::Branches, 9},
        {"inception_v3", Wiring::Branches, 11},
        {"squeezenet1_1", Wiring::Branches, 8},
        {"shufflenet_v2_x1_0", Wiring::Branches, 16},
        {"vgg16", Wiring::Plain, 15},
        {"alexnet", Wiring::Plain, 7}};
    for (const auto& [name, wiring, count] : expected) {
        const auto units = backbones::listUnits(name).value();
        const auto isWired = [&](const auto& unit) { return unit.wiring == wiring; };
        EXPECT_EQ(static_cast<std::size_t>(std::ranges::count_if(units, isWired)), count) << name;
        const auto isOther = [&](const auto& unit) {
            return unit.wiring != wiring && unit.wiring != Wiring::Plain;
        };
        EXPECT_TRUE(std::ranges::none_of(units, isOther)) << name;
    }
}

TEST(BlocksTest, UnknownBackboneNamesTheNearest) {
    const auto summary = backbones::summarize("resnet19", 224);
    ASSERT_FALSE(summary);
    EXPECT_EQ(summary.error().code, ErrorCode::NotFound);
    EXPECT_NE(summary.error().message.english().find("resnet18"), std::string::npos);
}

TEST(BlocksTest, TooSmallAnInputIsRefused) {
    EXPECT_EQ(backbones::summarize("resnet18", 8).error().code, ErrorCode::InvalidArgument);
}

TEST(BlocksTest, FreezePlansAreReadFromUnitsAndStages) {
    const auto units = backbones::listUnits("resnet18").value();
    EXPECT_EQ(parseFreezePlan("all", units)->frozenUnits.size(), 9U);
    EXPECT_EQ(backbones::freezeAll(units), *parseFreezePlan("all", units));
    EXPECT_TRUE(parseFreezePlan("none", units)->frozenUnits.empty());
    EXPECT_EQ(parseFreezePlan("stem,layer2.0", units)->frozenUnits,
              (std::set<std::string>{"conv1", "layer2.0"}));
    EXPECT_EQ(parseFreezePlan("layer3", units)->frozenUnits, (std::set<std::string>{"layer3.0", "layer3.1"}));
    EXPECT_EQ(backbones::trainFrom("layer4", units)->frozenUnits.size(), 7U);
    EXPECT_EQ(backbones::trainFrom("head", units)->frozenUnits.size(), 9U);
    const auto unknown = parseFreezePlan("layer5", units);
    ASSERT_FALSE(unknown);
    EXPECT_NE(unknown.error().message.english().find("layer5"), std::string::npos);
    EXPECT_NE(unknown.error().message.english().find("layer4"), std::string::npos);
}

TEST(BlocksTest, AnyRangeOfUnitsRunsAlone) {
    auto network = backbones::Network::create("mobilenet_v2", 3, {}).value();
    network.train(false);
    const torch::NoGradGuard noGradients;
    at::Tensor x = torch::rand({2, 3, 64, 64});
    const at::Tensor whole = network.forward(x);
    for (const auto& unit : network.units())
        x = unit.forward(x);
    EXPECT_TRUE(at::equal(network.head().forward(x), whole));
}

}  // namespace

}  // namespace graft::test
