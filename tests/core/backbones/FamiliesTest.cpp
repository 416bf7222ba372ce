// SPDX-License-Identifier: GPL-3.0-or-later
// What the catalogue lists is there, whole and in units. What torchvision does not have is held against
// references of our own (tests/support/references): the same weights, input and output, at the size that it
// is used at and at another, and the same loss after a step of training.
#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "core/backbones/Catalogue.h"
#include "core/backbones/ModelSummary.h"
#include "tests/support/BackboneParity.h"

namespace graft::test {

namespace {

struct Sides {
    std::vector<int> all;  // pixels; the first is trained at
};

// One or two of each family; the others are found through the catalogue, label slow.
const std::map<std::string, Sides> kSmall{{"clip_vit_b_32", {{64, 224}}},
                                          {"convnextv2_atto", {{64, 224}}},
                                          {"dinov2_vits14", {{98, 224, 518}}},
                                          {"dinov2_vits14_reg", {{98, 224, 518}}},
                                          {"efficientvit_b0", {{96, 224}}},
                                          {"mobilenetv4_conv_small", {{96, 224}}},
                                          {"mobilenetv4_hybrid_medium", {{96, 256}}},
                                          {"siglip_vit_b_16", {{64, 224}}}};

bool isTorchvisions(const backbones::CatalogueEntry& entry) {
    return entry.builtIn || entry.url.find("pytorch.org") != std::string::npos;
}

// By name, the first entry of each architecture that torchvision does not have.
std::map<std::string, backbones::CatalogueEntry> others() {
    std::map<std::string, backbones::CatalogueEntry> found;
    for (const auto& entry : backbones::catalogue()) {
        if (!isTorchvisions(entry)) found.emplace(entry.name, entry);
    }
    return found;
}

std::int64_t countOf(const std::vector<at::Tensor>& tensors) {
    std::int64_t count = 0;
    for (const at::Tensor& tensor : tensors)
        count += tensor.numel();
    return count;
}

// A small side that the network takes, and the one that it is used at.
Sides sidesOf(const backbones::CatalogueEntry& entry) {
    const auto small = kSmall.find(entry.name);
    if (small != kSmall.end()) return small->second;
    const backbones::UnsetWeights structureOnly;
    const auto network = backbones::Network::create(entry.name, 2, {}).value();
    int side = 64;
    while (!network.checkInput(side))
        ++side;
    return {{side, entry.preprocess.cropSize}};
}

void expectTheReferences(const std::vector<std::string>& names) {
    const auto entries = others();
    int seed = 11;
    for (const std::string& name : names) {
        SCOPED_TRACE(name);
        const TemporaryFolder folder;
        const Sides sides = sidesOf(entries.at(name));
        std::string given = name + ":";
        for (const int side : sides.all)
            given += (given.ends_with(':') ? "" : ",") + std::to_string(side);
        runPython("backbone_reference.py", {"models", folder.path(), std::to_string(seed++), given});
        const std::string stem = folder.path(name);
        auto network = loadNetwork(name, stem + ".pth");
        for (const int side : sides.all)
            expectSameLogits(network, stem + "-" + std::to_string(side), side);
        expectSameTraining(network, stem, sides.all.front());
    }
}

TEST(FamiliesTest, EveryParameterOfEveryEntryIsInAUnit) {
    std::set<std::string> seen;
    for (const auto& entry : backbones::catalogue()) {
        if (!seen.insert(entry.name).second) continue;
        const backbones::UnsetWeights structureOnly;
        const auto network = backbones::Network::create(entry.name, 1000, {});
        ASSERT_TRUE(network) << entry.name << " cannot be built";
        std::set<const void*> inUnits;
        std::int64_t parameters = countOf(network->head().parameters());
        for (const auto& unit : network->units()) {
            parameters += countOf(unit.parameters());
            for (const at::Tensor& parameter : unit.parameters())
                EXPECT_TRUE(inUnits.insert(parameter.unsafeGetTensorImpl()).second)
                    << entry.name << ": " << unit.name << " shares a parameter";
        }
        EXPECT_EQ(parameters, countOf(network->root().parameters())) << entry.name;
    }
}

TEST(FamiliesTest, EveryArchitectureThatTorchvisionLacksHasAReference) {
    std::vector<std::string> names;
    for (const auto& [name, entry] : others())
        names.push_back(name);
    const auto references = nlohmann::json::parse(runPython("backbone_reference.py", {"names"}));
    EXPECT_EQ(names, references.get<std::vector<std::string>>());
}

// Two counts that know nothing of each other.
TEST(FamiliesTest, ParametersAndMultiplyAddsAreTheReferences) {
    const auto caseOf = [](const backbones::CatalogueEntry& entry) {
        return entry.name + ":" + std::to_string(entry.preprocess.cropSize);
    };
    std::vector<std::string> arguments{"counts"};
    for (const auto& entry : backbones::catalogue()) {
        if (!isTorchvisions(entry) && std::ranges::find(arguments, caseOf(entry)) == arguments.end())
            arguments.push_back(caseOf(entry));
    }
    const auto expected = nlohmann::json::parse(runPython("backbone_reference.py", arguments));
    for (const auto& entry : backbones::catalogue()) {
        if (isTorchvisions(entry)) continue;
        SCOPED_TRACE(entry.name + " " + entry.tag);
        const auto& counts = expected.at(caseOf(entry));
        const auto summary = backbones::summarize(entry.name, entry.preprocess.cropSize, 1000);
        ASSERT_TRUE(summary) << summary.error().sentence();
        const bool classifies = counts.at("classifier");
        const auto parameters = counts.at("parameters").get<std::int64_t>();
        EXPECT_EQ(summary->parameters - (classifies ? 0 : summary->headParameters), parameters);
        EXPECT_EQ(entry.parameters, parameters);
        std::int64_t total = classifies ? summary->featureChannels * std::int64_t{1000} : 0;
        for (const auto& unit : summary->units)
            total += unit.multiplyAdds;
        const auto products = counts.at("multiply_adds").get<double>();
        EXPECT_NEAR(static_cast<double>(total), products, 0.005 * products);
        EXPECT_NEAR(static_cast<double>(entry.multiplyAdds), products, 0.005 * products);
    }
}

TEST(FamiliesTest, SmallOnesGiveTheReferencesNumbers) {
    std::vector<std::string> names;
    for (const auto& [name, sides] : kSmall)
        names.push_back(name);
    expectTheReferences(names);
}

struct Foreign {
    const char* name;
    int side;
    std::size_t libraries = 2;
    bool classifies = false;
};

// With the classifier, or where they are published without one, the features.
TEST(FamiliesTest, FilesOfOtherLibrariesAreTheSameNetwork) {
    for (const Foreign& c :
         {Foreign{"clip_vit_b_32", 64}, Foreign{"dinov2_vits14", 98}, Foreign{"dinov2_vits14_reg", 98},
          Foreign{"siglip_vit_b_16", 64}, Foreign{"convnextv2_atto", 64, 2, true},
          Foreign{"efficientvit_b0", 64, 1, true}}) {
        const TemporaryFolder folder;
        const std::string stem = folder.path(c.name);
        const auto libraries = nlohmann::json::parse(runPython(
            "backbone_reference.py", {"others", folder.path(), "5", c.name, std::to_string(c.side)}));
        const at::Tensor input = readTensor(stem + ".in", {2, 3, c.side, c.side});
        EXPECT_GE(libraries.size(), c.libraries);
        for (const std::string library : libraries) {
            SCOPED_TRACE(stem + " " + library);
            auto network =
                backbones::Network::create(c.name, 1000, {}, backbones::Network::BackboneWeights::Unset)
                    .value();
            const std::string file = stem + "-" + library + ".pth";
            const auto dict = weights::readWeights(file);
            ASSERT_TRUE(dict) << dict.error().sentence();
            const auto loaded = network.load(*dict, c.classifies, file);
            ASSERT_TRUE(loaded) << loaded.error().sentence();
            network.train(false);
            const std::int64_t numbers = c.classifies ? 1000 : network.featureChannels();
            const at::Tensor expected = readTensor(stem + ".out", {2, numbers});
            const torch::NoGradGuard noGradients;
            const at::Tensor given =
                c.classifies ? network.forward(input) : network.featuresOf(input, network.units().size());
            EXPECT_LT(relativeDifference(given, expected), 1e-4);
        }
    }
}

TEST(FamiliesTest, TheHeadOnTokensReadsThePatchesMeanBesideTheClassToken) {
    constexpr int kSide = 98;
    for (const std::string name : {"dinov2_vits14", "dinov2_vits14_reg"}) {
        const TemporaryFolder folder;
        const std::string stem = folder.path(name);
        runPython("backbone_reference.py", {"tokens", folder.path(), "6", name, std::to_string(kSide)});
        auto network =
            backbones::Network::create(name, 3, {"class_mean"}, backbones::Network::BackboneWeights::Unset)
                .value();
        EXPECT_EQ(network.head().parameters().front().sizes().vec(), (std::vector<std::int64_t>{3, 768}));
        const auto dict = weights::readWeights(stem + ".pth");
        ASSERT_TRUE(dict && network.load(*dict, false, stem));
        network.train(false);
        const at::Tensor input = readTensor(stem + ".in", {2, 3, kSide, kSide});
        const at::Tensor expected = readTensor(stem + ".out", {2, 768});
        EXPECT_LT(relativeDifference(network.featuresOf(input, network.units().size()), expected), 1e-4);
    }
}

// Label slow.
TEST(EveryFamilyTest, GivesTheReferencesNumbers) {
    std::vector<std::string> names;
    for (const auto& [name, entry] : others()) {
        if (!kSmall.contains(name)) names.push_back(name);
    }
    expectTheReferences(names);
}

}  // namespace

}  // namespace graft::test
