// SPDX-License-Identifier: GPL-3.0-or-later
// Whole comparisons: of a folder of stripes with the built-in backbone and with one of random weights.
#include "core/comparing/CompareBackbones.h"

#include <torch/types.h>
#include <torch/utils.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "core/backbones/torch/Network.h"
#include "core/comparing/Entrants.h"
#include "core/data/FolderScanner.h"
#include "core/data/Preprocess.h"
#include "core/training/DefaultConfig.h"
#include "core/training/FeatureCache.h"
#include "core/training/Trainer.h"
#include "core/weights/WeightFile.h"
#include "tests/support/ComparingFixture.h"

namespace graft::test {

namespace {

using comparing::Candidate;
using comparing::CompareConfig;
using comparing::Comparison;
using nlohmann::json;

constexpr const char* kBuiltIn = "shufflenet_v2_x1_0";

class CompareTest : public ComparingFixture {
  protected:
    data::DatasetIndex scan() const { return data::scanFolder(path("images")).value(); }

    // As "NAME=FILE".
    std::string randomWeights(const std::string& name) const {
        torch::manual_seed(1);
        const auto network = backbones::Network::create(name, 1000, {});
        const std::string file = path(name + ".safetensors");
        EXPECT_TRUE(weights::writeSafetensors(file, network->stateDict()));
        return name + "=" + file;
    }

    static CompareConfig config(std::vector<std::string> backbones) {
        CompareConfig c;
        c.backbones = std::move(backbones);
        c.threads = 2;
        c.device = "cpu";
        return c;
    }

    Result<Comparison> compare(const CompareConfig& c, const comparing::CompareObserver& observer = {}) {
        return comparing::compareBackbones(
            c, scan(), observer ? observer : [](const auto&) {}, control);
    }

    static std::vector<std::string> filesBelow(const std::string& folder) {
        std::vector<std::string> files;
        for (const auto& entry : fs::recursive_directory_iterator(folder)) {
            if (entry.is_regular_file()) files.push_back(entry.path().string());
        }
        std::ranges::sort(files);
        return files;
    }

    static const Candidate* find(const Comparison& comparison, const std::string& backbone,
                                 const std::string& cut = {}, const std::string& head = "linear") {
        for (const Candidate& one : comparison.ranking) {
            const comparing::Entrant& entrant = one.entrant;
            if (entrant.backbone == backbone && entrant.cut == cut && entrant.head == head) return &one;
        }
        return nullptr;
    }

    runtime::RunControl control;
};

TEST_F(CompareTest, RanksBackbonesDepthsAndHeads) {
    const auto found = compare(config({kBuiltIn, randomWeights("squeezenet1_1")}));
    ASSERT_TRUE(found) << found.error().sentence();
    EXPECT_EQ(found->images, 36U) << "the 18 for validation are not looked at";
    EXPECT_EQ(found->folds, 5);
    EXPECT_FALSE(found->stopped);
    const Candidate* builtIn = find(*found, kBuiltIn);
    const Candidate* random = find(*found, "squeezenet1_1");
    ASSERT_TRUE(builtIn != nullptr && random != nullptr);
    EXPECT_GT(builtIn->score.accuracy, 0.9);
    EXPECT_TRUE(builtIn->score.logMe && random->score.logMe);
    EXPECT_EQ(builtIn->score.features, 1024);
    EXPECT_EQ(random->score.features, 512);
    EXPECT_GT(builtIn->score.secondsPerImage, 0);

    // Every stage but the last ends in a cut. Costs as `blocks` has them.
    const auto summary = backbones::summarize(kBuiltIn, 224, 3).value();
    std::size_t cuts = 0;
    for (std::size_t i = 0; i + 1 < summary.units.size(); ++i) {
        if (summary.units[i].stage == summary.units[i + 1].stage) continue;
        const Candidate* cut = find(*found, kBuiltIn, summary.units[i].name);
        ASSERT_NE(cut, nullptr) << summary.units[i].name;
        ++cuts;
        EXPECT_EQ(cut->entrant.stage, summary.units[i].stage);
        std::int64_t parameters = 3 * (cut->score.features + 1);
        std::int64_t multiplyAdds = 0;
        for (std::size_t unit = 0; unit <= i; ++unit) {
            parameters += summary.units[unit].parameters;
            multiplyAdds += summary.units[unit].multiplyAdds;
        }
        EXPECT_EQ(cut->score.features, summary.units[i].outputShape.front());
        EXPECT_EQ(cut->score.parameters, parameters);
        EXPECT_EQ(cut->score.multiplyAdds, multiplyAdds);
    }
    EXPECT_GE(cuts, 4U);
    EXPECT_EQ(builtIn->score.parameters, summary.parameters);
    EXPECT_NE(find(*found, found->ranking.front().entrant.backbone), nullptr);
    const auto hidden =
        std::ranges::count(found->ranking, "mlp", [](const Candidate& one) { return one.entrant.head; });
    EXPECT_EQ(hidden, 1);
    EXPECT_TRUE(std::ranges::is_sorted(found->ranking, std::greater<>(),
                                       [](const Candidate& one) { return one.score.accuracy; }));
    // What training freezes for a cut: up to it, and all of it without one.
    comparing::Entrant cut = builtIn->entrant;
    cut.cut = summary.units[1].name;
    EXPECT_EQ(comparing::freezePlanOf(cut, summary.units).frozenUnits,
              (std::set<std::string>{summary.units[0].name, summary.units[1].name}));
    EXPECT_EQ(comparing::freezePlanOf(builtIn->entrant, summary.units).frozenUnits.size(),
              summary.units.size());
}

// scikit-learn on features that were computed image by image, layer by layer, in float32.
TEST_F(CompareTest, IsAsGoodAsScikitLearnOnTheSameFeatures) {
    GRAFT_NEED_SHARED("data/hymenoptera");
    GRAFT_NEED_SHARED("weights/mobilenet_v2-imagenet.safetensors");
    const std::string file = sharedPath("weights/mobilenet_v2-imagenet.safetensors");
    auto dataset = data::scanFolder(sharedPath("data/hymenoptera")).value();
    std::erase_if(dataset.samples, [n = 0](const data::Sample& sample) mutable {
        return sample.split != data::Split::Train || n++ % 5 < 3;  // two of five are enough
    });
    CompareConfig c = config({"mobilenet_v2=" + file});
    c.depthsOf = 0;
    c.hiddenHead = false;
    const auto found = comparing::compareBackbones(
        c, dataset, [](const auto&) {}, control);
    ASSERT_TRUE(found) << found.error().sentence();
    ASSERT_EQ(found->ranking.size(), 1U);
    EXPECT_EQ(found->images, dataset.samples.size());
    EXPECT_GT(found->images, 90U);

    const auto defaults = training::defaultConfig("mobilenet_v2", file).value();
    auto network = backbones::Network::create("mobilenet_v2", 2, {}).value();
    ASSERT_TRUE(network.load(weights::readWeights(file).value(), false, file));
    network.train(false);
    std::ostringstream rows;
    rows.precision(9);
    const int side = defaults.preprocess.cropSize;
    for (const data::Sample& sample : dataset.samples) {
        std::vector<float> pixels(static_cast<std::size_t>(3 * side * side));
        ASSERT_TRUE(data::loadPreprocessed(dataset.absolutePath(sample), defaults.preprocess, {}, 0, pixels));
        const at::Tensor image = torch::from_blob(pixels.data(), {1, 3, side, side});
        const at::Tensor features = network.featuresOf(image, network.units().size());
        rows << sample.classIndex;
        for (std::int64_t i = 0; i < features.numel(); ++i)
            rows << " " << features[0][i].item<float>();
        rows << "\n";
    }
    writeText(path("rows"), rows.str());
    const json expected = json::parse(runPython("comparing_reference.py", {"folds", path("rows"), "5"}));
    const double accuracy = found->ranking.front().score.accuracy;
    EXPECT_NEAR(accuracy, expected.at("accuracy"), 0.05);
    EXPECT_GT(accuracy, 0.9);
}

TEST_F(CompareTest, TheSecondTimeItIsTheSameFromTheCache) {
    const auto first = compare(config({kBuiltIn}));
    ASSERT_TRUE(first) << first.error().sentence();
    const auto files = filesBelow(path("cache/graft/features"));
    ASSERT_EQ(files.size(), 1U);
    const auto bytes = fs::file_size(files.front());
    const auto second = compare(config({kBuiltIn}));
    ASSERT_TRUE(second);
    EXPECT_EQ(fs::file_size(files.front()), bytes);
    ASSERT_EQ(first->ranking.size(), second->ranking.size());
    for (std::size_t i = 0; i < first->ranking.size(); ++i) {
        EXPECT_EQ(first->ranking[i].entrant, second->ranking[i].entrant);
        EXPECT_EQ(first->ranking[i].score.logLoss, second->ranking[i].score.logLoss);
        EXPECT_EQ(first->ranking[i].score.logMe, second->ranking[i].score.logMe);
    }
}

TEST_F(CompareTest, WhatHasNoWeightsOrOthersIsNamedAndTheRestGoesOn) {
    const std::string wrong = randomWeights("squeezenet1_1");
    const auto found = compare(config({"resnet18", kBuiltIn, "alexnet" + wrong.substr(wrong.find('='))}));
    ASSERT_TRUE(found) << found.error().sentence();
    ASSERT_EQ(found->leftOut.size(), 2U);
    EXPECT_EQ(found->leftOut[0].entrant.backbone, "resnet18");
    EXPECT_NE(found->leftOut[0].why.english().find("graft-cli weights fetch resnet18"), std::string::npos);
    EXPECT_EQ(found->leftOut[1].entrant.backbone, "alexnet");
    EXPECT_NE(found->leftOut[1].why.english().find("not for this backbone"), std::string::npos)
        << found->leftOut[1].why.english();
    EXPECT_NE(find(*found, kBuiltIn), nullptr);

    const auto unknown = compare(config({"resnet81"}));
    ASSERT_FALSE(unknown);
    EXPECT_EQ(unknown.error().code, ErrorCode::NotFound);
    const auto nothing = compare(config({"resnet18"}));
    ASSERT_FALSE(nothing);
    EXPECT_NE(nothing.error().sentence().find("weights fetch resnet18"), std::string::npos);
}

TEST_F(CompareTest, AStopLeavesWhatIsDoneAndNothingElse) {
    const auto before = filesBelow(path("images"));
    int scored = 0;
    const auto stopAfterFirst = [&](const comparing::CompareEvent& event) {
        if (std::holds_alternative<comparing::EntrantScored>(event) && ++scored == 1) control.stop();
    };
    const auto found = compare(config({kBuiltIn, randomWeights("squeezenet1_1")}), stopAfterFirst);
    ASSERT_TRUE(found) << found.error().sentence();
    EXPECT_TRUE(found->stopped);
    EXPECT_EQ(found->ranking.size(), 1U);
    EXPECT_EQ(scored, 1);
    EXPECT_EQ(filesBelow(path("images")), before);
    for (const std::string& file : filesBelow(path("cache")))
        EXPECT_EQ(file.find(".partial"), std::string::npos) << file;

    const auto stopped = compare(config({kBuiltIn}));  // from the start
    ASSERT_FALSE(stopped);
    EXPECT_EQ(stopped.error().code, ErrorCode::Cancelled);
}

TEST_F(CompareTest, ABudgetTakesTheCheapestAndNamesTheRest) {
    CompareConfig c = config({randomWeights("resnet18"), kBuiltIn});
    c.minutes = 1e-4;
    const auto found = compare(c);
    ASSERT_TRUE(found) << found.error().sentence();
    ASSERT_EQ(found->ranking.size(), 1U) << "no depths and no other head either";
    EXPECT_EQ(found->ranking.front().entrant.backbone, kBuiltIn);
    ASSERT_EQ(found->leftOut.size(), 1U);
    EXPECT_EQ(found->leftOut[0].entrant.backbone, "resnet18");
    EXPECT_NE(found->leftOut[0].why.english().find("--budget"), std::string::npos);
}

TEST_F(CompareTest, ADamagedImageIsLeftOutAndNamed) {
    const auto dataset = scan();
    const auto training = dataset.indicesOf(data::Split::Train);
    const data::Sample& sample = dataset.samples[training[5]];
    writeText(dataset.absolutePath(sample), "this is no picture");
    const auto found = comparing::compareBackbones(
        config({kBuiltIn}), dataset, [](const auto&) {}, control);
    ASSERT_TRUE(found) << found.error().sentence();
    EXPECT_EQ(found->images, 35U);
    ASSERT_EQ(found->unread.size(), 1U);
    EXPECT_EQ(found->unread[0].path, sample.path);
    EXPECT_FALSE(found->unread[0].why.empty());
    for (const std::size_t index : training)
        fs::remove(dataset.absolutePath(dataset.samples[index]));
    fs::remove_all(path("cache"));
    const auto lost = comparing::compareBackbones(
        config({kBuiltIn}), dataset, [](const auto&) {}, control);
    ASSERT_FALSE(lost);
    EXPECT_EQ(lost.error().code, ErrorCode::Unreadable);
}

TEST_F(CompareTest, AClassWithOneImageIsLeftOutAndNamed) {
    fs::create_directories(path("images/train/single"));
    fs::create_directories(path("images/val/single"));
    makeClasses(path("more"), 1, 2, 9);
    const auto made = filesBelow(path("more"));
    fs::copy_file(made.at(0), path("images/train/single/a.png"));
    fs::copy_file(made.at(1), path("images/val/single/b.png"));
    const auto found = compare(config({kBuiltIn}));
    ASSERT_TRUE(found) << found.error().sentence();
    EXPECT_EQ(found->classesLeftOut, (std::vector<std::string>{"single"}));
    EXPECT_EQ(found->images, 36U);
    EXPECT_EQ(found->trainingImages, 37U);
}

TEST_F(CompareTest, WeightsThatHaveLearntTheImagesAreNotCompared) {
    settings::TrainConfig run =
        training::defaultConfig(kBuiltIn, backbones::locateAnyWeights(kBuiltIn).value()).value();
    run.datasetFolder = path("images");
    run.runFolder = path("run");
    run.epochs = 1;
    run.device = "cpu";
    run.preprocess.resizeSize = run.preprocess.cropSize = 64;
    ASSERT_TRUE(training::train(
        run, [](const auto&) {}, control));
    const auto found = compare(config({kBuiltIn, std::string(kBuiltIn) + "=" + path("run")}));
    ASSERT_TRUE(found) << found.error().sentence();
    ASSERT_EQ(found->leftOut.size(), 1U);
    EXPECT_NE(found->leftOut[0].why.english().find("trained on 36 of the 36"), std::string::npos)
        << found->leftOut[0].why.english();
}

TEST_F(CompareTest, WhatIsNotHereIsBetterForEachMegabyte) {
    const auto entered = comparing::entrantsHere({});
    ASSERT_TRUE(entered) << entered.error().sentence();
    ASSERT_EQ(entered->entrants.size(), 1U);
    const auto absent = comparing::absentAndBetter(entered->entrants);
    ASSERT_FALSE(absent.empty());
    ASSERT_LE(absent.size(), 5U);
    for (std::size_t i = 0; i < absent.size(); ++i) {
        EXPECT_NE(absent[i].backbone, kBuiltIn + std::string("x"));
        EXPECT_GT(absent[i].megabytes, 0);
        EXPECT_LE(absent[i].multiplyAdds, 4 * backbones::findBackbone(kBuiltIn)->multiplyAdds);
        if (i == 0) continue;
        EXPECT_GE(absent[i].megabytes, absent[i - 1].megabytes);
        EXPECT_GT(absent[i].top1, absent[i - 1].top1);
    }
    // One that is here is not told of, nor one that promises less.
    const auto first = absent.front();
    writeText(backbones::weightsFolder() + "/" + first.backbone + "-" + first.tag + ".safetensors", "x");
    for (const comparing::Absent& one : comparing::absentAndBetter(comparing::entrantsHere({})->entrants)) {
        EXPECT_FALSE(one.backbone == first.backbone && one.tag == first.tag);
        EXPECT_GT(one.top1, first.top1);
    }
}

}  // namespace

}  // namespace graft::test
