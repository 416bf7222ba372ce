// SPDX-License-Identifier: GPL-3.0-or-later
// What is said before a run starts, and that its remedy helps.
#include "core/training/Cautions.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

namespace graft::test {

namespace {

using settings::TrainConfig;
using training::Caution;
using training::Cost;

class CautionsTest : public testing::Test {
  protected:
    CautionsTest() {
        const auto add = [this](const char* name, std::int64_t parameters, std::int64_t channels,
                                std::int64_t side) {
            summary.units.push_back({name, name, parameters, {channels, side, side}});
            summary.units.back().normNumbers = side * side;
        };
        add("conv1", 10'000, 64, 56);
        add("layer1", 1'000'000, 64, 28);
        add("layer2", 4'000'000, 128, 7);
        add("layer3", 6'000'000, 512, 1);
        config.weightsFile = "weights.safetensors";
    }

    std::vector<Caution> found(std::size_t images = 1000, std::uint64_t memory = 0) {
        return training::cautions(
            {config, summary, images, 2, &cost, memory,
             [this](const TrainConfig& other) { return Result<Cost>(costWith(other)); }});
    }

    // A gigabyte, and a tenth of one for each image of the batch.
    static Cost costWith(const TrainConfig& other) {
        Cost with;
        with.memory = 1'000'000'000 + static_cast<std::uint64_t>(other.batchSize) * 100'000'000;
        return with;
    }

    std::set<std::string> codes(std::size_t images = 1000, std::uint64_t memory = 0) {
        std::set<std::string> all;
        for (const Caution& caution : found(images, memory)) {
            EXPECT_TRUE(all.insert(caution.code).second) << caution.code << " twice";
            EXPECT_FALSE(caution.message.empty());
            EXPECT_FALSE(caution.remedy.empty());
            EXPECT_EQ(caution.button.empty(), !caution.apply);
        }
        return all;
    }

    void freeze(const std::set<std::string>& units) { config.freeze.frozenUnits = units; }

    backbones::ModelSummary summary;
    TrainConfig config;
    Cost cost;
};

using Codes = std::set<std::string>;

TEST_F(CautionsTest, EverythingTrainedOnFewImages) {
    EXPECT_EQ(codes(60), Codes{"few_images"});
    const Caution caution = found(60).front();
    EXPECT_EQ(
        caution.message.english(),
        "11 million parameters are trained on 60 images, which a network of this size learns by heart.");
    caution.apply(config);
    EXPECT_EQ(config.freeze, backbones::freezeAll(summary.units));
    EXPECT_EQ(codes(60), Codes{});
}

TEST_F(CautionsTest, EnoughImagesOrLittleTrained) {
    EXPECT_EQ(codes(100), Codes{}) << "fifty of each class";
    EXPECT_EQ(codes(99), Codes{"few_images"});
    freeze({"conv1", "layer1", "layer3"});
    EXPECT_FALSE(codes(60).contains("few_images")) << "4 of 11 million are trained";
    freeze({"conv1", "layer1", "layer2"});
    EXPECT_TRUE(codes(60).contains("few_images")) << "6 of 11 million";
}

// Of random weights the head alone learns nothing.
TEST_F(CautionsTest, RandomWeightsAreNotFrozen) {
    config.weightsFile.clear();
    const Caution caution = found(60).front();
    EXPECT_EQ(caution.code, "few_images");
    EXPECT_FALSE(caution.apply);
}

TEST_F(CautionsTest, AThawedUnitBelowAFrozenOne) {
    freeze({"conv1", "layer2", "layer3"});
    EXPECT_EQ(codes(), Codes{"thawed_below_frozen"});
    Caution caution = found().front();
    EXPECT_EQ(caution.button.english(), "Freeze up to layer3") << "one instead of two";
    caution.apply(config);
    EXPECT_EQ(config.freeze, backbones::freezeAll(summary.units));
    EXPECT_EQ(codes(), Codes{});

    freeze({"layer3"});
    caution = found().front();
    EXPECT_EQ(caution.button.english(), "Train from conv1") << "one instead of three";
    caution.apply(config);
    EXPECT_TRUE(config.freeze.frozenUnits.empty());

    freeze({"conv1", "layer1"});
    EXPECT_EQ(codes(), Codes{});
}

// Nobody thaws what has nothing to learn.
TEST_F(CautionsTest, UnitsWithoutParametersDoNotCount) {
    summary.units[1].parameters = 0;
    freeze({"conv1", "layer2"});
    EXPECT_EQ(codes(), Codes{});
    freeze({"layer1"});
    EXPECT_EQ(codes(), Codes{});
}

TEST_F(CautionsTest, MoreMemoryThanThereIs) {
    config.batchSize = 32;
    cost = costWith(config);  // 4.2 GB
    EXPECT_EQ(codes(1000, 4'200'000'000), Codes{});
    EXPECT_EQ(codes(1000, 0), Codes{}) << "nobody knows";
    EXPECT_EQ(codes(1000, 4'100'000'000), Codes{"memory"});
    const Caution caution = found(1000, 2'000'000'000).front();
    EXPECT_EQ(caution.message.english(),
              "This run needs some 4.2 GB of memory, and there are 2.0 GB: it may end without a result.");
    EXPECT_EQ(caution.button.english(), "Batches of 8");
    caution.apply(config);
    EXPECT_EQ(config.batchSize, 8);
    EXPECT_EQ(config.accumulate, 4) << "a step is as large as before";
    EXPECT_FALSE(found(1000, 500'000'000).front().apply) << "no batch is small enough";
}

TEST_F(CautionsTest, BatchNormWithSmallBatches) {
    config.batchSize = 4;
    freeze({"conv1", "layer1"});
    EXPECT_EQ(codes(), Codes{"small_batch_norm"});
    config.accumulate = 8;
    const Caution caution = found().front();
    EXPECT_EQ(
        caution.message.english(),
        "The batch norms of 2 blocks are trained with batches of 4, whose mean and variance are rough.");
    caution.apply(config);
    EXPECT_EQ(config.batchSize, 16);
    EXPECT_EQ(config.accumulate, 2) << "a step is as large as before";
    EXPECT_EQ(codes(), Codes{});

    config.batchSize = 12;
    EXPECT_EQ(codes(), Codes{"small_batch_norm"}) << "layer3 gets twelve numbers";
    EXPECT_NE(found().front().message.english().find("layer3"), std::string::npos);
    freeze({"conv1", "layer1", "layer2", "layer3"});
    EXPECT_EQ(codes(), Codes{}) << "what is frozen keeps its statistics";
    freeze({});
    for (backbones::UnitSummary& unit : summary.units)
        unit.normNumbers = 0;
    config.batchSize = 2;
    EXPECT_EQ(codes(), Codes{}) << "layer norm has no batch";
}

TEST_F(CautionsTest, ALargerBatchIsOfferedOnlyWhereItHelpsAndFits) {
    config.batchSize = 4;
    EXPECT_TRUE(found(1000, 2'600'000'000).front().apply);
    EXPECT_FALSE(found(1000, 2'599'999'999).front().apply);
    freeze({"conv1", "layer1", "layer2"});
    const auto few = found(10);
    ASSERT_FALSE(few.empty());
    EXPECT_EQ(few.back().code, "small_batch_norm");
    EXPECT_FALSE(few.back().apply) << "there are no sixteen images";
}

// Each phase has blocks of its own; the run's freeze plan says nothing there.
TEST_F(CautionsTest, OwnPhasesAreLookedAtAndNotChanged) {
    config.own["phases.kind"] = std::string("own");
    config.own["phases.list"] = std::string("5 all; rest none");
    const auto all = found(60);
    ASSERT_EQ(all.size(), 1U);
    EXPECT_EQ(all.front().code, "few_images");
    EXPECT_FALSE(all.front().apply);
    config.own["phases.list"] = std::string("rest all");
    EXPECT_EQ(codes(60), Codes{});
}

}  // namespace

}  // namespace graft::test
