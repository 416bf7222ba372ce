// SPDX-License-Identifier: GPL-3.0-or-later
// Weights of classes are scikit-learn's and the paper's; the losses' settings hold together.
#include "core/settings/ClassWeights.h"

#include <nlohmann/json.hpp>

#include "core/settings/Settings.h"
#include "tests/support/TestFiles.h"

namespace graft::test {

namespace {

using settings::ClassWeights;
using settings::TrainConfig;

using Counts = std::vector<std::size_t>;

void expectNear(const std::vector<double>& weights, const std::vector<double>& expected) {
    ASSERT_EQ(weights.size(), expected.size());
    for (std::size_t i = 0; i < weights.size(); ++i)
        EXPECT_NEAR(weights[i], expected[i], 1e-12 + 1e-9 * expected[i]) << i;
}

TEST(ClassWeightsTest, AreThoseOfScikitLearnAndOfThePaper) {
    const TemporaryFolder folder;
    runPython("loss_reference.py", {"weights", folder.path("w.json")});
    const auto expected = nlohmann::json::parse(readText(folder.path("w.json")));
    const auto listOf = [&](const char* name) { return expected.at(name).get<std::vector<double>>(); };
    const auto counts = expected.at("counts").get<Counts>();
    expectNear(settings::balancedWeights(counts), listOf("balanced"));
    expectNear(settings::effectiveWeights(counts, 0.999), listOf("effective"));
    expectNear(settings::effectiveWeights(counts, 0.9), listOf("effective-0.9"));
}

// By hand: 100 images, 60 : 30 : 10.
TEST(ClassWeightsTest, AClassWithoutImagesIsNotCounted) {
    expectNear(settings::balancedWeights({60, 30, 0, 10}), {100.0 / 180, 100.0 / 90, 0, 100.0 / 30});
    expectNear(settings::effectiveWeights({5, 0, 7}, 0), {1, 0, 1});
    expectNear(settings::balancedWeights({4, 4}), {1, 1});
}

TEST(ClassWeightsTest, ByHandAreNumbersAboveZero) {
    EXPECT_EQ(settings::parseWeights("1, 2.5,1e-1"), (std::vector<double>{1, 2.5, 0.1}));
    for (const char* text : {"", ",", "1,", "1,,2", "1;2", "1,0", "1,-2", "1,nan", "1,inf", "1,2x", "cpu"})
        EXPECT_FALSE(settings::parseWeights(text)) << text;
}

TrainConfig weighted(ClassWeights kind, const std::string& byHand = "") {
    TrainConfig config;
    config.loss.classWeights = kind;
    if (!byHand.empty()) config.own[settings::kWeightsByHand] = byHand;
    return config;
}

TEST(ClassWeightsTest, TheSettingsSayWhichTheyAre) {
    const std::vector<std::string> classes{"cat", "dog", "owl"};
    const Counts counts{60, 30, 10};
    const auto weights = [&](const TrainConfig& config) {
        const auto found = settings::classWeights(config, classes, counts);
        EXPECT_TRUE(found) << found.error().message.english();
        return found.value_or(std::vector<double>{-1});
    };
    EXPECT_EQ(weights(TrainConfig()), std::vector<double>());
    EXPECT_EQ(weights(weighted(ClassWeights::Balanced)), settings::balancedWeights(counts));
    TrainConfig effective = weighted(ClassWeights::Effective);
    EXPECT_EQ(weights(effective), settings::effectiveWeights(counts, 0.999));
    effective.own["loss.effective_beta"] = 0.9;
    EXPECT_EQ(weights(effective), settings::effectiveWeights(counts, 0.9));
    EXPECT_EQ(weights(weighted(ClassWeights::ByHand, "1,2,3")), (std::vector<double>{1, 2, 3}));

    const auto wrong = settings::classWeights(weighted(ClassWeights::ByHand, "1,2"), classes, counts);
    ASSERT_FALSE(wrong);
    EXPECT_EQ(wrong.error().setting, "loss.weights_by_hand");
    EXPECT_EQ(wrong.error().message.english(),
              "The class weights by hand are 2 numbers, and the folder has 3 classes; give one for each, in "
              "this order: cat, dog, owl.");
}

std::string settingAtFault(const TrainConfig& config) {
    const auto valid = settings::validate(config);
    return valid ? std::string() : valid.error().setting;
}

TEST(LossSettingsTest, WhatDoesNotGoTogetherIsNamed) {
    EXPECT_EQ(settingAtFault(weighted(ClassWeights::ByHand)), "loss.weights_by_hand");
    EXPECT_EQ(settingAtFault(weighted(ClassWeights::ByHand, "1,two")), "loss.weights_by_hand");
    EXPECT_EQ(settingAtFault(weighted(ClassWeights::ByHand, "1,2")), "");
    TrainConfig twice = weighted(ClassWeights::Balanced);
    EXPECT_EQ(settingAtFault(twice), "");
    twice.oversample = true;
    EXPECT_EQ(settingAtFault(twice), "oversample");
    twice.loss.classWeights = ClassWeights::None;
    EXPECT_EQ(settingAtFault(twice), "");
}

TEST(LossSettingsTest, EachLossHasWhatItUses) {
    const auto isShown = [](const char* key, const char* loss) {
        TrainConfig config;
        config.loss.kind = loss;
        return settings::applies(*settings::find(key), config);
    };
    EXPECT_TRUE(isShown("loss.label_smoothing", "cross_entropy"));
    EXPECT_FALSE(isShown("loss.label_smoothing", "focal"));
    EXPECT_FALSE(isShown("loss.label_smoothing", "binary_cross_entropy"));
    EXPECT_TRUE(isShown("loss.gamma", "focal"));
    EXPECT_FALSE(isShown("loss.gamma", "cross_entropy"));
    EXPECT_TRUE(isShown("loss.threshold", "binary_cross_entropy"));
    EXPECT_FALSE(isShown("loss.threshold", "cross_entropy"));
    for (const char* loss : {"cross_entropy", "focal", "binary_cross_entropy"})
        EXPECT_TRUE(isShown("loss.class_weights", loss)) << loss;
}

// Written by a version that had one loss and no hooks.
TEST(LossSettingsTest, OldFilesTrainAsTheyDid) {
    auto document = nlohmann::json::parse(settings::toJson(TrainConfig()));
    for (const char* key : {"loss", "oversample", "clip_norm", "ema_decay"})
        EXPECT_EQ(document.erase(key), 1U) << key;
    const auto config = settings::configFromJson(document.dump());
    ASSERT_TRUE(config) << config.error().message.english();
    EXPECT_EQ(config->loss.kind, "cross_entropy");
    EXPECT_EQ(config->loss.classWeights, ClassWeights::None);
    EXPECT_FALSE(config->oversample);
    for (const char* key : {"loss.label_smoothing", "loss.l1", "loss.l2", "clip_norm", "ema_decay"})
        EXPECT_EQ(settings::ownValue(*config, key, -1.0), 0) << key;
}

}  // namespace

}  // namespace graft::test
