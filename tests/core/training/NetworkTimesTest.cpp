// SPDX-License-Identifier: GPL-3.0-or-later
// What is measured of a network on this machine: that it is there, adds up, and is kept; bytes against counts
// by hand. (How near an estimate comes is measured by EveryEstimateTest and bench/Estimates.cpp.)
#include "core/training/NetworkTimes.h"

#include <algorithm>
#include <tuple>

#include "core/backbones/ModelSummary.h"
#include "core/training/Cost.h"
#include "tests/support/TrainingFixture.h"

namespace graft::test {

namespace {

using training::Measure;
using training::NetworkTimes;

class NetworkTimesTest : public TrainingFixture {
  protected:
    void SetUp() override {
        TrainingFixture::SetUp();
        setenv("XDG_CACHE_HOME", path("cache").c_str(), 1);
    }

    Result<NetworkTimes> times(const settings::TrainConfig& c, Measure measure = Measure::IfNotKept) {
        return training::networkTimes(c, measure, m_control);
    }

    runtime::RunControl m_control;
};

TEST_F(NetworkTimesTest, EveryUnitIsMeasured) {
    for (const char* backbone : {"alexnet", "resnet18", "vit_b_16", "mobilenet_v2"}) {
        settings::TrainConfig c = config("run", backbone);
        c.preprocess.cropSize = backbone == std::string("vit_b_16") ? 32 : 64;
        const auto found = times(c);
        ASSERT_TRUE(found) << found.error().sentence();
        const auto units = backbones::listUnits(backbone).value();
        ASSERT_EQ(found->units.size(), units.size());
        ASSERT_EQ(found->prefix.size(), units.size() + 1);
        for (std::size_t i = 0; i < units.size(); ++i) {
            EXPECT_EQ(found->units[i].name, units[i].name);
            EXPECT_GT(found->units[i].look, 0);
            EXPECT_GT(found->units[i].forward, 0);
            EXPECT_EQ(found->units[i].backwardFirst > 0, units[i].parameters > 0) << units[i].name;
            EXPECT_GT(found->units[i].saved, 0);
            EXPECT_GE(found->prefix[i + 1], found->prefix[i]);
        }
        EXPECT_EQ(found->prefix.front(), 0);
        EXPECT_GT(found->stream, 0);
        EXPECT_GT(found->headStep, 0);
        EXPECT_GT(found->program, 50e6) << "LibTorch alone has more";
        EXPECT_EQ(found->device, "cpu");
        EXPECT_FALSE(found->rough);
    }
}

// In float32, for one image.
TEST_F(NetworkTimesTest, BytesAreThoseOfTheTensors) {
    settings::TrainConfig c = config("run", "vgg11");
    c.preprocess.cropSize = 64;
    const auto found = times(c);
    ASSERT_TRUE(found) << found.error().sentence();
    const auto bytesOf = [&](const std::string& name) {
        const auto unit = std::ranges::find(found->units, name, &training::UnitTimes::name);
        return unit != found->units.end() ? unit->saved : -1;
    };
    // features.6: 256 channels of 16 x 16 and a ReLU, which keeps what it gives. features.0: 64 of 64 x 64,
    // and a max pool, which gives a quarter as many numbers and keeps an int64 for each of them.
    EXPECT_NEAR(bytesOf("features.6"), 256 * 16 * 16 * 4, 100);
    EXPECT_NEAR(bytesOf("features.0"), 64 * 64 * 64 * (4 + (4 + 8) / 4), 100);
}

TEST_F(NetworkTimesTest, OptimizersKeepWhatTheirPapersSay) {
    for (const auto& [kind, momentum, bytes] :
         {std::tuple("sgd", 0.9, 4.0), std::tuple("sgd", 0.0, 0.0), std::tuple("adamw", 0.9, 8.0),
          std::tuple("lion", 0.9, 4.0)}) {
        settings::TrainConfig c = config("run");
        c.optimizer.kind = kind;
        c.optimizer.momentum = momentum;
        const auto found = times(c);
        ASSERT_TRUE(found) << found.error().sentence();
        EXPECT_NEAR(found->keptPerParameter, bytes, 1e-3) << kind;  // and a count of steps
        EXPECT_GT(found->moveParameter, 0);
    }
}

TEST_F(NetworkTimesTest, OnceIsEnough) {
    settings::TrainConfig c = config("run");
    ASSERT_FALSE(times(c, Measure::Never));
    EXPECT_EQ(times(c, Measure::Never).error().code, ErrorCode::NotFound);
    const auto first = times(c);
    ASSERT_TRUE(first) << first.error().sentence();
    const auto again = times(c, Measure::Never);
    ASSERT_TRUE(again) << again.error().sentence();
    EXPECT_EQ(again->units.front().forward, first->units.front().forward);
    EXPECT_EQ(again->stream, first->stream);
    // What changes nothing in it ...
    c.epochs = 99;
    c.freeze = backbones::freezeAll(backbones::listUnits(c.backbone).value());
    c.batchSize = 9;  // nearly as many
    EXPECT_TRUE(times(c, Measure::Never));
    // ... and what does.
    c.preprocess.cropSize = 64;
    EXPECT_FALSE(times(c, Measure::Never));
    c.preprocess.cropSize = 32;
    c.batchSize = 32;
    EXPECT_FALSE(times(c, Measure::Never));
    c.batchSize = 8;
    c.threads = 1;
    EXPECT_FALSE(times(c, Measure::Never));
}

TEST_F(NetworkTimesTest, AStopIsNoMeasurement) {
    m_control.stop();
    const settings::TrainConfig c = config("run");
    const auto found = times(c);
    ASSERT_FALSE(found);
    EXPECT_EQ(found.error().code, ErrorCode::Cancelled);
    EXPECT_FALSE(times(c, Measure::Never));
}

TEST_F(NetworkTimesTest, WhatTheRunWouldRefuseIsRefused) {
    settings::TrainConfig c = config("run", "vit_b_16");
    c.preprocess.cropSize = 40;  // no multiple of 16
    EXPECT_EQ(times(c).error().code, ErrorCode::InvalidArgument);
    c = config("run");
    c.device = "cuda:77";
    EXPECT_FALSE(times(c));
}

// The numbers that every other part of the window and of a run draws are as they would be without.
TEST_F(NetworkTimesTest, ARunAfterwardsGivesTheSameBits) {
    const auto before = trainOrFail(config("before"));
    ASSERT_TRUE(times(config("any")));
    const auto after = trainOrFail(config("after"));
    ASSERT_EQ(before.epochs.size(), after.epochs.size());
    for (std::size_t i = 0; i < before.epochs.size(); ++i)
        EXPECT_EQ(before.epochs[i].trainLoss, after.epochs[i].trainLoss);
}

TEST_F(NetworkTimesTest, LoadingIsMeasuredOnTheImages) {
    const settings::TrainConfig c = config("run");
    const auto dataset = data::scanFolder(c.datasetFolder, {c.validationShare, c.seed, 0}, {}, nullptr);
    ASSERT_TRUE(dataset);
    const auto loads = training::measureLoading(*dataset, c, m_control);
    ASSERT_TRUE(loads) << loads.error().sentence();
    EXPECT_FALSE(loads->rough);
    EXPECT_GT(loads->first, 0);
    EXPECT_GT(loads->centre, 0);
    EXPECT_EQ(loads->decodedBytes, 32 * 32 * 3) << "a picture of 32 x 32";
    m_control.stop();
    EXPECT_EQ(training::measureLoading(*dataset, c, m_control).error().code, ErrorCode::Cancelled);
}

}  // namespace

}  // namespace graft::test
