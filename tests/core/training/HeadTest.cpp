// SPDX-License-Identifier: GPL-3.0-or-later
// Heads on the last feature map: what they are built of, and that everything that is done with a run works
// with them. Shapes are counted by hand from the papers' tables.
#include <torch/types.h>
#include <torch/utils.h>

#include <algorithm>
#include <set>

#include "core/backbones/Head.h"
#include "core/backbones/torch/Heads.h"
#include "core/backbones/torch/Network.h"
#include "core/backbones/torch/RandomSource.h"
#include "core/exporting/Exporter.h"
#include "core/inference/ModelFormat.h"
#include "core/inference/Predictor.h"
#include "core/settings/HeadSolving.h"
#include "core/settings/Settings.h"
#include "tests/support/ResumableFixture.h"

namespace graft::test {

namespace {

using backbones::HeadOptions;
using backbones::Network;

using Shapes = std::map<std::string, std::vector<std::int64_t>>;

// Of the head's own tensors: those that no unit has.
Shapes headOf(const Network& network) {
    std::set<const void*> inUnits;
    for (const backbones::Unit& unit : network.units()) {
        for (const auto& step : unit.steps) {
            for (const auto& tensors : {step->parameters(), step->buffers()}) {
                for (const at::Tensor& tensor : tensors)
                    inUnits.insert(tensor.unsafeGetTensorImpl());
            }
        }
    }
    Shapes shapes;
    for (const auto& [name, tensor] : network.namedTensors()) {
        if (!inUnits.contains(tensor.unsafeGetTensorImpl())) shapes[name] = tensor.sizes().vec();
    }
    return shapes;
}

Network networkOf(const std::string& backbone, const HeadOptions& head, int side) {
    return Network::create(backbone, 3, head, Network::BackboneWeights::Unset, side).value();
}

TEST(HeadTest, OnTheLastMapOfVgg) {
    // 64 pixels, halved five times: 512 x 2 x 2.
    const Network flat = networkOf("vgg11", {"flatten", 0, 0}, 64);
    EXPECT_EQ(flat.units().size(), 8U) << "without the two large layers";
    EXPECT_EQ(headOf(flat), (Shapes{{"head.output.weight", {3, 2048}}, {"head.output.bias", {3}}}));
    const Network hidden = networkOf("vgg11", {"flatten", 10, 0}, 64);
    EXPECT_EQ(headOf(hidden), (Shapes{{"head.dense.weight", {10, 2048}},
                                      {"head.dense.bias", {10}},
                                      {"head.output.weight", {3, 10}},
                                      {"head.output.bias", {3}}}));
    const Network average = networkOf("vgg11", {"average", 0, 0}, 96);
    EXPECT_EQ(headOf(average), (Shapes{{"head.output.weight", {3, 512}}, {"head.output.bias", {3}}}));
    // As before.
    const Network linear = networkOf("vgg11", {}, 64);
    EXPECT_EQ(linear.units().size(), 10U);
    EXPECT_EQ(headOf(linear).at("classifier.6.weight"), (std::vector<std::int64_t>{3, 4096}));
    EXPECT_EQ(linear.outputLayer(), "classifier.6");
    EXPECT_EQ(flat.outputLayer(), "head.output");
}

TEST(HeadTest, OnEveryFamily) {
    struct Case {
        const char* backbone;
        std::int64_t channels;  // of the last map
        std::int64_t side;      // at 64 pixels
    };
    for (const Case& c :
         {Case{"alexnet", 256, 1}, Case{"resnet18", 512, 2}, Case{"mobilenet_v3_small", 576, 2},
          Case{"convnext_tiny", 768, 2}, Case{"densenet121", 1024, 2}, Case{"swin_t", 768, 2},
          Case{"squeezenet1_1", 512, 3}, Case{"convnextv2_atto", 320, 2},
          Case{"mobilenetv4_conv_small", 960, 2}, Case{"efficientvit_b0", 1024, 2}}) {
        SCOPED_TRACE(c.backbone);
        const Network flat = networkOf(c.backbone, {"flatten", 0, 0}, 64);
        EXPECT_EQ(headOf(flat).at("head.output.weight"),
                  (std::vector<std::int64_t>{3, c.channels * c.side * c.side}));
        EXPECT_EQ(headOf(flat).size(), 2U) << "nothing is left of the architecture's classifier";
        const Network average = networkOf(c.backbone, {"average", 4, 0}, 64);
        EXPECT_EQ(headOf(average).at("head.dense.weight"), (std::vector<std::int64_t>{4, c.channels}));
        const torch::NoGradGuard noGradients;
        EXPECT_EQ(flat.forward(torch::zeros({2, 3, 64, 64})).sizes().vec(),
                  (std::vector<std::int64_t>{2, 3}));
        EXPECT_EQ(average.forward(torch::zeros({2, 3, 64, 64})).sizes().vec(),
                  (std::vector<std::int64_t>{2, 3}));
    }
}

// A vision transformer has no map, but the class token's numbers.
TEST(HeadTest, WhereThereIsNoMapItIsTheNumbers) {
    for (const char* kind : {"flatten", "average"}) {
        const Network network = networkOf("vit_b_32", {kind, 0, 0}, 224);
        EXPECT_EQ(headOf(network).at("head.output.weight"), (std::vector<std::int64_t>{3, 768})) << kind;
    }
}

// Such as after a head on the map without a hidden layer.
TEST(HeadTest, SizesOfAHiddenLayerAreNothingToALinearOne) {
    const auto network = Network::create("squeezenet1_1", 3, {"linear", 0, 0.5});
    ASSERT_TRUE(network) << network.error().sentence();
    EXPECT_EQ(headOf(*network).at("classifier.1.weight"), (std::vector<std::int64_t>{3, 512, 1, 1}));
}

TEST(HeadTest, WhatItCannotBeIsRefused) {
    EXPECT_FALSE(Network::create("resnet18", 3, {"nonsense", 1, 0}));
    EXPECT_FALSE(Network::create("resnet18", 3, {"mlp", 0, 0}));
    EXPECT_FALSE(Network::create("resnet18", 3, {"flatten", -1, 0}));
    EXPECT_EQ(
        Network::create("resnet18", 3, {"flatten", 0, 0}, Network::BackboneWeights::Unset, 8).error().code,
        ErrorCode::InvalidArgument);
    // 512 x 32 x 32 numbers into 65536.
    const auto large =
        Network::create("resnet18", 3, {"flatten", 65536, 0}, Network::BackboneWeights::Unset, 1024);
    ASSERT_FALSE(large);
    EXPECT_EQ(large.error().setting, "head.hidden_units");
    settings::TrainConfig config;
    config.head = {"mlp", 0, 0.5};
    EXPECT_EQ(settings::validate(config).error().setting, "head.hidden_units");
    config.head.kind = "flatten";
    EXPECT_TRUE(settings::validate(config));
    // A convex problem is the linear head alone.
    config.optimizer.kind = "lbfgs";
    EXPECT_EQ(settings::checkSolvable(config, {}).error().setting, "head.kind");
}

TEST(HeadTest, ParametersAreCountedWithoutBuildingIt) {
    for (const char* backbone : {"vgg11", "resnet18", "squeezenet1_1", "vit_b_32"}) {
        const auto summary = backbones::summarize(backbone, 64, 3).value();
        std::vector<HeadOptions> heads;
        for (const backbones::HeadKind& kind : backbones::headKinds()) {
            heads.push_back({kind.name, 5, 0});
            if (kind.hidden == backbones::HeadKind::Hidden::Optional) heads.push_back({kind.name, 0, 0});
        }
        for (const HeadOptions& head : heads) {
            const Network network = networkOf(backbone, head, 64);
            std::int64_t counted = 0;
            for (const at::Tensor& parameter : network.head().parameters())
                counted += parameter.numel();
            EXPECT_EQ(backbones::headParameters(summary, head, 3), counted) << backbone << " " << head.kind;
            EXPECT_EQ(backbones::unitsBelow(head, summary.units).size(), network.units().size());
        }
    }
}

// Said before any layer is made, not by the memory that is not there.
TEST(HeadTest, ItsSizeIsThatOfAllOfItsLayers) {
    const auto said = [](const HeadOptions& head, int classes, int side) {
        const auto network =
            Network::create("squeezenet1_1", classes, head, Network::BackboneWeights::Unset, side);
        if (network) return std::string();
        EXPECT_EQ(network.error().code, ErrorCode::InvalidArgument);
        EXPECT_EQ(network.error().setting, "head.hidden_units");
        return network.error().message.english();
    };
    // 513 * 65536 + 65537 * 40000: the second layer alone is too large.
    EXPECT_EQ(said({"mlp", 65536, 0}, 40000, 64),
              "The head would read 512 numbers and have 2655099968 weights, which is more than one here may "
              "have (2147483648); take fewer hidden units, or another head.");
    // 224 pixels: 512 x 13 x 13 numbers.
    EXPECT_NE(said({"flatten", 65536, 0}, 3, 224).find("read 86528 numbers"), std::string::npos);
    EXPECT_NE(said({"flatten", 65536, 0}, 3, 224).find("a smaller crop"), std::string::npos);
    // No layer reads the map for each class here.
    EXPECT_EQ(said({"flatten", 2, 0}, 25000, 224), "");
}

class HeadRunTest : public ResumableFixture {
  protected:
    settings::TrainConfig flattened(const std::string& run) {
        auto c = frozen(run);
        c.preprocess.resizeSize = 64;
        c.preprocess.cropSize = 64;
        c.head = {"flatten", 8, 0.5};
        return c;
    }
};

TEST_F(HeadRunTest, StopsAndGoesOnWithTheCacheAndWithout) {
    for (const bool isCached : {true, false}) {
        const std::string name = isCached ? "cached-" : "plain-";
        auto whole = flattened(name + "whole");
        auto parts = flattened(name + "parts");
        if (!isCached) {
            whole.freeze = {};
            parts.freeze = {};
        }
        trainOrFail(whole);
        trainUntil(parts, {2, false, 2});
        resume(parts.runFolder);
        expectSameEnd(name + "whole", name + "parts");
        expectItsFiguresAreItsModels(whole.runFolder);
    }
}

// What is kept of the frozen units is the map; the head is trained on the same numbers.
TEST_F(HeadRunTest, TheCacheChangesNothing) {
    auto cached = flattened("cached");
    cached.augment.randomResizedCrop = false;
    cached.augment.horizontalFlip = false;
    cached.cache.variants = 1;
    cached.cache.halfPrecision = false;
    auto plain = cached;
    plain.cache.variants = 0;
    plain.runFolder = path("plain");
    bool isUsed = false;
    trainOrFail(cached, [&](const training::TrainEvent& event) {
        if (const auto* state = std::get_if<training::CacheState>(&event)) isUsed = isUsed || state->used;
    });
    EXPECT_TRUE(isUsed);
    trainOrFail(plain);
    const auto a = training::openRun(cached.runFolder).value();
    const auto b = training::openRun(plain.runFolder).value();
    ASSERT_EQ(a.epochs.size(), b.epochs.size());
    for (std::size_t i = 0; i < a.epochs.size(); ++i)
        EXPECT_NEAR(a.epochs[i].trainLoss, b.epochs[i].trainLoss, 1e-3);
}

TEST_F(HeadRunTest, EveryExportAndPredictionHasIt) {
    const auto c = flattened("run");
    trainOrFail(c);
    runtime::RunControl control;
    const std::string picture = [&] {
        for (const auto& entry : fs::recursive_directory_iterator(path("images/val"))) {
            if (entry.path().extension() == ".png") return entry.path().string();
        }
        return std::string();
    }();
    for (const inference::ModelFormat& format : inference::modelFormats()) {
        const std::string file = path("model" + format.extension);
        const auto report = exporting::exportRun(c.runFolder, format.name, file, true, {}, control);
        ASSERT_TRUE(report) << report.error().sentence();
        EXPECT_TRUE(report->verified->passed());
        const auto told = runCli({"predict", file, picture, "--json"});
        EXPECT_EQ(told.status, 0) << told.errors;
    }
    // The size of the input is the model's.
    auto sidecar = nlohmann::json::parse(readText(path("model.safetensors.json")));
    EXPECT_EQ(sidecar["head"]["kind"].get<std::string>(), "flatten");
    EXPECT_EQ(sidecar["head"]["hidden_units"].get<int>(), 8);
    // Python opens the TorchScript file and gives the same class.
    const auto helper = runProcess({GRAFT_PYTHON, path("model.pt.py"), picture});
    EXPECT_EQ(helper.status, 0) << helper.errors;
}

// A model's own head goes on where the pictures have the same size, and begins anew where they have not.
TEST_F(HeadRunTest, AnotherSizeBeginsTheHeadAnew) {
    const auto first = flattened("first");
    trainOrFail(first);
    for (const int side : {64, 96}) {
        auto next = flattened("next" + std::to_string(side));
        next.weightsFile = first.runFolder + "/model.safetensors";
        next.preprocess.resizeSize = side;
        next.preprocess.cropSize = side;
        std::string notes;
        trainOrFail(next, [&](const training::TrainEvent& event) {
            if (const auto* started = std::get_if<training::RunStarted>(&event)) {
                for (const Message& note : started->weightNotes)
                    notes += note.english();
            }
        });
        EXPECT_EQ(notes.find("begins anew") != std::string::npos, side != 64) << notes;
    }
}

// What the head leaves out is in published files, and frozen by default.
TEST_F(HeadRunTest, WhatStandsBehindTheMapIsLeftOut) {
    auto network = Network::create("mobilenet_v3_small", 3, {}).value();
    ASSERT_TRUE(weights::writeSafetensors(path("whole.safetensors"), network.stateDict()));
    setenv("XDG_CACHE_HOME", path("cache").c_str(), 1);
    auto c = config("run", "mobilenet_v3_small");
    c.weightsFile = path("whole.safetensors");
    c.freeze = training::defaultConfig("mobilenet_v3_small", c.weightsFile).value().freeze;
    EXPECT_TRUE(c.freeze.isFrozen("classifier.0"));
    c.head = {"average", 8, 0};
    trainOrFail(c);
    const auto model = weights::readSafetensors(path("run/model.safetensors")).value();
    EXPECT_EQ(std::ranges::count_if(model.tensors,
                                    [](const auto& one) { return one.first.starts_with("classifier."); }),
              0);
    EXPECT_NE(model.find("features.12.0.weight"), nullptr);
    expectItsFiguresAreItsModels(c.runFolder);
}

// A head as docs/add-a-method.md tells it, of this test alone: two hidden layers.
std::int64_t countOfTwo(std::int64_t inputs, const HeadOptions& head, int outputs) {
    const std::int64_t units = head.hiddenUnits;
    return (inputs + 1) * units + (units + 1) * units + (units + 1) * outputs;
}

backbones::HeadLayers twoLayers(const backbones::HeadSite& site) {
    const std::int64_t inputs = site.map.front();
    const std::int64_t units = site.options.hiddenUnits;
    const auto first = std::make_shared<backbones::Linear>(inputs, units);
    backbones::drawHe(first->weight, false);
    backbones::HeadLayers layers{std::make_shared<backbones::GlobalAveragePool>(),
                                 site.backbone.place("head.first", first),
                                 std::make_shared<backbones::Activation>(backbones::Function::Relu)};
    for (backbones::LayerPtr& layer : backbones::denseLayers(site, units))
        layers.push_back(std::move(layer));
    return layers;
}

class OwnHeadTest : public HeadRunTest {
  protected:
    void SetUp() override {
        HeadRunTest::SetUp();
        if (backbones::findHead("test-two") != nullptr) return;
        settings::addHead({.name = "test-two",
                           .label = "Test two",
                           .help = "Of this test alone",
                           .reads = backbones::HeadKind::Reads::MapMean,
                           .hidden = backbones::HeadKind::Hidden::Always,
                           .parameters = countOfTwo});
        backbones::addHead("test-two", twoLayers);
    }
};

TEST_F(OwnHeadTest, IsAChoiceThatUsesTheSharedSettings) {
    const auto& choices = settings::find("head.kind")->field.choices;
    EXPECT_EQ(std::ranges::count(choices, "test-two", &settings::Choice::name), 1);
    settings::TrainConfig config;
    config.head = {"test-two", 0, 0.5};
    EXPECT_TRUE(settings::applies(*settings::find("head.hidden_units"), config));
    EXPECT_EQ(settings::validate(config).error().setting, "head.hidden_units");
    config.head.hiddenUnits = 5;
    EXPECT_TRUE(settings::validate(config));
}

// 512 numbers, twice five units, three classes.
TEST_F(OwnHeadTest, ItsParametersAreCounted) {
    const HeadOptions head{"test-two", 5, 0};
    const auto summary = backbones::summarize("resnet18", 64, 3).value();
    EXPECT_EQ(backbones::headParameters(summary, head, 3), 513 * 5 + 6 * 5 + 6 * 3);
    EXPECT_EQ(headOf(networkOf("resnet18", head, 64)), (Shapes{{"head.first.weight", {5, 512}},
                                                               {"head.first.bias", {5}},
                                                               {"head.dense.weight", {5, 5}},
                                                               {"head.dense.bias", {5}},
                                                               {"head.output.weight", {3, 5}},
                                                               {"head.output.bias", {3}}}));
}

// 65536 * 65536 between the two.
TEST_F(OwnHeadTest, ItsSizeIsThatOfAllOfItsLayers) {
    const auto network = Network::create("resnet18", 3, {"test-two", 65536, 0});
    ASSERT_FALSE(network);
    EXPECT_NE(network.error().message.english().find("have 4328849411 weights"), std::string::npos)
        << network.error().message.english();
}

TEST_F(OwnHeadTest, TrainsStopsGoesOnAndIsExported) {
    for (const char* run : {"whole", "parts"}) {
        auto c = flattened(run);
        c.head.kind = "test-two";
        if (run == std::string("whole")) {
            trainOrFail(c);
        } else {
            trainUntil(c, {2, false, 2});
            resume(c.runFolder);
        }
    }
    expectSameEnd("whole", "parts");
    expectItsFiguresAreItsModels(path("whole"));
    for (const inference::ModelFormat& format : inference::modelFormats()) {
        runtime::RunControl control;
        const auto report = exporting::exportRun(path("whole"), format.name, path("model" + format.extension),
                                                 true, {}, control);
        ASSERT_TRUE(report) << report.error().sentence();
        EXPECT_TRUE(report->verified->passed()) << format.name;
    }
}

}  // namespace

}  // namespace graft::test
