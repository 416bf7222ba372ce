// SPDX-License-Identifier: GPL-3.0-or-later
// What a run costs, against sums by hand over a network of three units.
#include "core/training/Cost.h"

#include <gtest/gtest.h>

#include <set>
#include <utility>

#include "core/runtime/ThreadBudget.h"
#include "core/training/detail/CostFile.h"
#include "tests/support/TestFiles.h"

namespace graft::test {

namespace {

using settings::TrainConfig;
using training::Cost;
using training::LoadTimes;
using training::NetworkTimes;

class CostTest : public testing::Test {
  protected:
    CostTest() {
        summary.name = "three";
        summary.inputSize = 8;
        const auto add = [this](const char* name, const char* stage, std::int64_t parameters,
                                std::vector<std::int64_t> shape) {
            summary.units.push_back({name, stage, parameters, std::move(shape), 10 * parameters});
        };
        add("a", "s1", 100, {4, 8, 8});
        add("b", "s1", 200, {4, 4, 4});
        add("c", "s2", 400, {10, 2, 2});
        summary.featureChannels = 10;
        summary.featureNumbers = 10;
        summary.headParameters = 22;
        summary.parameters = 722;

        times.device = "cpu";
        times.kept = "float32";
        times.units = {{"a", 1, 2, 8, 6, 300, 1000, 500},
                       {"b", 2, 3, 16, 12, 400, 2000, 700},
                       {"c", 4, 5, 32, 24, 500, 4000, 900}};
        times.prefix = {0, 0.5, 1.5, 3.5};
        times.exact = {0, 0.75, 2.25, 5.25};
        times.stream = 6;
        times.program = 1e6;

        config.backbone = "three";
        config.epochs = 10;
        config.batchSize = 4;
        config.preprocess.cropSize = 8;
        config.cache.variants = 3;
        // A processor each, so that these are seconds of the wall clock.
        const double processors = runtime::availableProcessors();
        loads = {false, 0.5 * processors, 0.25 * processors, 0.125 * processors, 0.0625 * processors, 100};
    }

    void freeze(const std::set<std::string>& units) { config.freeze.frozenUnits = units; }

    Cost cost(std::uint64_t budget = 1'000'000'000) const {
        const auto found = training::costOf({config, 12, 8, 2, budget}, summary, times, loads);
        EXPECT_TRUE(found) << found.error().sentence();
        return found.value_or(Cost{});
    }

    backbones::ModelSummary summary;
    NetworkTimes times;
    LoadTimes loads;
    TrainConfig config;
};

TEST_F(CostTest, EverythingTrained) {
    const Cost found = cost();
    EXPECT_EQ(found.parameters, 722);
    EXPECT_EQ(found.trainable, 722);
    EXPECT_EQ(found.cache, 0U);
    EXPECT_FALSE(found.rough);
    // Of the first trained unit the input needs no gradient.
    const double train = (2 + 6) + (3 + 16) + (5 + 32);
    EXPECT_DOUBLE_EQ(found.firstEpoch, 12 * (train + 0.5) + 8 * (6 + 0.125));
    EXPECT_DOUBLE_EQ(found.laterEpoch, 12 * (train + 0.25) + 8 * (6 + 0.0625)) << "pictures stay in memory";
    EXPECT_NEAR(found.seconds, found.firstEpoch + 9 * found.laterEpoch, 0.01) << "and some writing";
}

TEST_F(CostTest, TheHeadAlone) {
    freeze({"a", "b", "c"});
    const Cost found = cost();
    EXPECT_EQ(found.trainable, 22);
    EXPECT_EQ(found.parameters, 722);
    ASSERT_EQ(found.phases.size(), 1U);
    EXPECT_TRUE(found.phases[0].keepsFeatures);
    EXPECT_EQ(found.phases[0].fillingEpochs, 3);
    EXPECT_DOUBLE_EQ(found.firstEpoch, 12 * (3.5 + 0.5) + 8 * (5.25 + 0.125));
    EXPECT_DOUBLE_EQ(found.phases[0].filling, 12 * (3.5 + 0.5)) << "another variant of each training image";
    EXPECT_DOUBLE_EQ(found.laterEpoch, 0);
    EXPECT_EQ(found.cache, (12U * 3 + 8) * 10 * 2) << "ten numbers in half precision";
    EXPECT_NEAR(found.seconds, found.firstEpoch + 2 * found.phases[0].filling, 0.01);
}

TEST_F(CostTest, TheLastUnit) {
    freeze({"a", "b"});
    const Cost found = cost();
    EXPECT_EQ(found.trainable, 422);
    const double train = 5 + 24;
    EXPECT_DOUBLE_EQ(found.firstEpoch, 12 * (1.5 + 0.5 + train) + 8 * (2.25 + 0.125 + 4));
    EXPECT_DOUBLE_EQ(found.laterEpoch, 12 * train + 8 * 4);
    EXPECT_EQ(found.cache, (12U * 3 + 8) * 64 * 2);
}

TEST_F(CostTest, FeaturesThatHaveNoRoomAreComputedInEveryEpoch) {
    freeze({"a", "b"});
    const Cost found = cost((12 * 3 + 8) * 64 * 2 - 1);
    EXPECT_EQ(found.cache, 0U);
    EXPECT_DOUBLE_EQ(found.laterEpoch, 12 * (1.5 + 0.25 + 5 + 24) + 8 * (2.25 + 0.0625 + 4));
}

TEST_F(CostTest, MixedImagesHaveNoFeatures) {
    freeze({"a", "b"});
    config.own["mixing.mixup"] = 0.2;
    const Cost found = cost();
    EXPECT_EQ(found.cache, 0U);
    EXPECT_DOUBLE_EQ(found.laterEpoch, 12 * (1 + 2 + 5 + 24 + 0.25) + 8 * (6 + 0.0625));
}

TEST_F(CostTest, AUnitThatIsThawedBelowAFrozenOne) {
    freeze({"a", "c"});
    const Cost found = cost();
    EXPECT_EQ(found.trainable, 222);
    // The gradient passes through c to b: half of a backward pass, which has no weights to reach.
    EXPECT_DOUBLE_EQ(found.laterEpoch, 12 * (3 + 12 + 4 + 16) + 8 * (2 + 4));
}

TEST_F(CostTest, FewerEpochsThanVariants) {
    freeze({"a", "b", "c"});
    config.epochs = 2;
    const Cost found = cost();
    EXPECT_EQ(found.phases[0].fillingEpochs, 2);
    EXPECT_EQ(found.cache, (12U * 2 + 8) * 10 * 2);
}

TEST_F(CostTest, WithoutRandomChangesThereIsOneVariant) {
    freeze({"a", "b", "c"});
    config.augment.randomResizedCrop = false;
    config.augment.horizontalFlip = false;
    EXPECT_EQ(cost().cache, (12U + 8) * 10 * 2);
}

TEST_F(CostTest, PhasesAreAddedUp) {
    freeze({"a", "b"});
    config.own["phases.kind"] = std::string("head_first");
    config.own["phases.head_epochs"] = std::int64_t{4};
    const Cost found = cost();
    ASSERT_EQ(found.phases.size(), 2U);
    EXPECT_EQ(found.phases[0].trainable, 22);
    EXPECT_EQ(found.phases[1].trainable, 422);
    EXPECT_EQ(found.phases[1].firstEpoch, 5);
    EXPECT_EQ(found.phases[1].epochs, 6);
    EXPECT_EQ(found.trainable, 422);
    EXPECT_DOUBLE_EQ(found.firstEpoch, 12 * (3.5 + 0.5) + 8 * (5.25 + 0.125));
    EXPECT_DOUBLE_EQ(found.laterEpoch, 12 * (5 + 24) + 8 * 4);
    const double head = found.firstEpoch + 2 * 12 * (3.5 + 0.5);
    const double rest = 12 * 3 * (1.5 + 0.5) + 8 * (2.25 + 0.125) + 6 * found.laterEpoch;
    EXPECT_NEAR(found.seconds, head + rest, 0.02);
    EXPECT_EQ(found.cache, (12U * 3 + 8) * (10 + 64) * 2);
}

TEST_F(CostTest, BatchesAndStepsHaveAPriceOfTheirOwn) {
    const double before = cost().laterEpoch;
    times.headStep = 0.5;
    times.moveParameter = 0.01;
    EXPECT_DOUBLE_EQ(cost().laterEpoch, before + 3 * (0.5 + 722 * 0.01)) << "three batches of four";
    config.accumulate = 2;
    EXPECT_DOUBLE_EQ(cost().laterEpoch, before + 3 * (0.5 + 722 * 0.01 / 2));
}

TEST_F(CostTest, MemoryGrowsWithTheBatchAndWithWhatIsTrained) {
    const auto bytes = [this](int batch) {
        config.batchSize = batch;
        return static_cast<double>(cost().memory);
    };
    // What each image of the batch keeps for the backward pass, the unit in work, and five batches of
    // pictures.
    const double image = (1000 + 2000 + 4000) + 900 + 5 * 3 * 8 * 8 * 4;
    EXPECT_DOUBLE_EQ(bytes(1064) - bytes(1000), 64 * image);
    config.batchSize = 1000;
    const auto all = cost().memory;
    freeze({"a", "b"});
    EXPECT_LT(cost().memory, all - 1000 * 3000);
}

TEST_F(CostTest, AGpuComputesWhileProcessorsLoad) {
    times.device = "cuda:0";
    const double train = 12 * ((2 + 6) + (3 + 16) + (5 + 32)) + 8 * 6;
    EXPECT_DOUBLE_EQ(cost().firstEpoch, train);
    loads.first *= 1000;
    EXPECT_DOUBLE_EQ(cost().firstEpoch, 12 * 500 + 8 * 0.125);
}

TEST_F(CostTest, WhatIsGuessedIsSaidToBeRough) {
    times = training::roughTimes(summary, config);
    const Cost found = cost();
    EXPECT_TRUE(found.rough);
    EXPECT_GT(found.firstEpoch, 0);
    freeze({"a", "b", "c"});
    EXPECT_LT(cost().laterEpoch, found.laterEpoch);
    times.rough = false;
    loads.rough = true;
    EXPECT_TRUE(cost().rough);
}

TEST_F(CostTest, PhasesThatCannotBeAreAnErrorWithTheirSetting) {
    freeze({"a", "b", "c"});
    config.own["phases.kind"] = std::string("head_first");
    const auto found = training::costOf({config, 12, 8, 2, 0}, summary, times, loads);
    ASSERT_FALSE(found);
    EXPECT_EQ(found.error().setting, "phases.kind");
}

class CostFileTest : public CostTest {
  protected:
    CostFileTest() { setenv("XDG_CACHE_HOME", m_folder.path("cache").c_str(), 1); }
    std::string onlyFile() const {
        for (const auto& entry : fs::directory_iterator(m_folder.path("cache/graft/costs")))
            return entry.path().string();
        return {};
    }

  private:
    TemporaryFolder m_folder;
};

TEST_F(CostFileTest, WhatWasMeasuredIsKeptAsItIs) {
    EXPECT_FALSE(training::readTimes("key"));
    times.mixed = "bfloat16";
    times.batch = 16;
    times.firstBatch = 0.1 + 0.2;
    times.deviceMemory = 8e9;
    training::keepTimes("key", times);
    const auto kept = training::readTimes("key");
    ASSERT_TRUE(kept);
    EXPECT_EQ(kept->mixed, "bfloat16");
    EXPECT_EQ(kept->batch, 16);
    EXPECT_EQ(kept->firstBatch, 0.1 + 0.2);
    EXPECT_EQ(kept->deviceMemory, 8e9);
    EXPECT_EQ(kept->prefix, times.prefix);
    ASSERT_EQ(kept->units.size(), 3U);
    EXPECT_EQ(kept->units[1].backwardFirst, 12);
    EXPECT_EQ(kept->units[2].saved, 4000);
    EXPECT_FALSE(training::readTimes("another key"));
}

TEST_F(CostFileTest, ADamagedFileIsAsNone) {
    training::keepTimes("key", times);
    const std::string text = readText(onlyFile());
    for (const char* change :
         {"\"look\":1.0>\"look\":-1.0", "\"exact\":[0.0,>\"exact\":[", "\"version\":1>\"version\":0",
          "\"threads\":1>\"threads\":1.5", "\"key\":\"key\">\"key\":\"kez\""}) {
        const std::string pair = change;
        const std::string before = pair.substr(0, pair.find('>'));
        std::string changed = text;
        const std::size_t at = changed.find(before);
        ASSERT_NE(at, std::string::npos) << before;
        changed.replace(at, before.size(), pair.substr(pair.find('>') + 1));
        writeText(onlyFile(), changed);
        EXPECT_FALSE(training::readTimes("key")) << change;
    }
    writeText(onlyFile(), text.substr(0, text.size() / 2));
    EXPECT_FALSE(training::readTimes("key"));
    writeText(onlyFile(), text);
    EXPECT_TRUE(training::readTimes("key"));
}

}  // namespace

}  // namespace graft::test
