// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/training/detail/Schedules.h"

#include <cstring>
#include <sstream>

#include "tests/support/TrainingFixture.h"

namespace graft::test {

namespace {

using settings::ScheduleKind;
using training::learningRateAt;

settings::TrainConfig scheduled(ScheduleKind kind, int warmup) {
    settings::TrainConfig config;
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

// The whole way: what the schedule says reaches the optimizer, and the weights are torch's.
class ScheduleTrainingTest : public TrainingFixture {
  protected:
    settings::TrainConfig headOnly(const std::string& run, ScheduleKind kind, int epochs) const {
        settings::TrainConfig c = config(run, "resnet18");
        const auto units = backbones::listUnits("resnet18").value();
        for (const auto& unit : units)
            c.freeze.frozenUnits.insert(unit.name);
        c.cache.variants = 0;
        c.augment = {false, 0.08, false};
        c.precision = settings::Precision::Float32;
        c.batchSize = 36;  // all of them
        c.epochs = epochs;
        c.optimizer.learningRate = 0.05;
        c.schedule = {kind, 2, 0.1, 0};
        return c;
    }
    static std::vector<float> numbersOf(const weights::StateDict& dict, const std::string& name) {
        const auto& bytes = *dict.find(name)->bytes;
        std::vector<float> numbers(bytes.size() / sizeof(float));
        std::memcpy(numbers.data(), bytes.data(), bytes.size());
        return numbers;
    }
};

TEST_F(ScheduleTrainingTest, StepAndCosineGiveTorchsWeights) {
    constexpr int kEpochs = 6;
    auto still = headOnly("still", ScheduleKind::Constant, 1);
    still.optimizer.learningRate = 1e-30;  // the network as it begins
    trainOrFail(still);
    for (const ScheduleKind kind : {ScheduleKind::Step, ScheduleKind::Cosine}) {
        const std::string name = kind == ScheduleKind::Step ? "step" : "cosine";
        const auto report = trainOrFail(headOnly(name, kind, kEpochs));
        std::istringstream reference(runPython(
            "schedule_reference.py",
            {path("still/model.safetensors"), path("images/train"), name, std::to_string(kEpochs), "0.05"}));
        double expected = 0;
        for (const training::EpochDone& epoch : report.epochs) {
            ASSERT_TRUE(reference >> expected);
            EXPECT_NEAR(epoch.learningRate, expected, 1e-12) << name << " " << epoch.epoch;
        }
        const auto state = weights::readSafetensors(path(name + "/checkpoint/state.safetensors")).value();
        for (const char* tensor : {"fc.weight", "fc.bias"}) {
            for (const float number : numbersOf(state, tensor)) {
                ASSERT_TRUE(reference >> expected);
                EXPECT_NEAR(number, expected, 2e-4) << name << " " << tensor;
            }
        }
    }
}

}  // namespace

}  // namespace graft::test
