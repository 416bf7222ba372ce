// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/training/detail/Schedules.h"

#include <gtest/gtest.h>

namespace graft::test {

namespace {

using training::ScheduleKind;

training::TrainConfig scheduled(ScheduleKind kind, int warmup) {
    training::TrainConfig config;
    config.epochs = 10;
    config.optimizer.learningRate = 0.2;
    config.schedule = {kind, 3, 0.1, warmup};
    return config;
}

constexpr std::int64_t kSteps = 4;  // per epoch

TEST(ScheduleTest, ConstantStays) {
    for (const std::int64_t step : {0, 13, 39}) {
        EXPECT_DOUBLE_EQ(learningRateAt(scheduled(ScheduleKind::Constant, 0), step, kSteps), 0.2);
    }
}

TEST(ScheduleTest, StepFallsEveryThreeEpochs) {
    const auto config = scheduled(ScheduleKind::Step, 0);
    EXPECT_DOUBLE_EQ(learningRateAt(config, 3 * kSteps - 1, kSteps), 0.2);
    EXPECT_DOUBLE_EQ(learningRateAt(config, 3 * kSteps, kSteps), 0.02);
    EXPECT_NEAR(learningRateAt(config, 9 * kSteps, kSteps), 0.0002, 1e-12);
}

TEST(ScheduleTest, CosineFallsFromTheWholeToAlmostNothing) {
    const auto config = scheduled(ScheduleKind::Cosine, 0);
    EXPECT_DOUBLE_EQ(learningRateAt(config, 0, kSteps), 0.2);
    EXPECT_NEAR(learningRateAt(config, 5 * kSteps, kSteps), 0.1, 1e-12);
    EXPECT_LT(learningRateAt(config, 10 * kSteps - 1, kSteps), 0.001);
}

TEST(ScheduleTest, WarmUpRisesInALine) {
    const auto config = scheduled(ScheduleKind::Cosine, 2);
    EXPECT_DOUBLE_EQ(learningRateAt(config, 0, kSteps), 0.2 / 8);
    EXPECT_DOUBLE_EQ(learningRateAt(config, 7, kSteps), 0.2);
    EXPECT_DOUBLE_EQ(learningRateAt(config, 8, kSteps), 0.2);
    EXPECT_NEAR(learningRateAt(config, 8 + 16, kSteps), 0.1, 1e-12);
}

}  // namespace

}  // namespace graft::test
