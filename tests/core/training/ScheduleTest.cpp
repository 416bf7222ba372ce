// SPDX-License-Identifier: GPL-3.0-or-later
// What the schedules say reaches the optimizer; what they say themselves is looked at in
// settings/ScheduleTest.
#include "core/settings/Schedule.h"

#include <cstring>
#include <limits>
#include <sstream>

#include "tests/support/ResumableFixture.h"

namespace graft::test {

namespace {

class ScheduleTrainingTest : public ResumableFixture {
  protected:
    settings::TrainConfig headOnly(const std::string& run, const std::string& kind, int epochs) const {
        settings::TrainConfig c = config(run, "resnet18");
        c.freeze = backbones::freezeAll(backbones::listUnits("resnet18").value());
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

// The learning rate of each step and, of one_cycle, the momentum.
TEST_F(ScheduleTrainingTest, TheWeightsAreTorchs) {
    constexpr int kEpochs = 6;
    auto still = headOnly("still", "constant", 1);
    still.optimizer.learningRate = 1e-30;  // the network as it begins
    trainOrFail(still);
    for (const std::string name : {"step", "cosine", "linear", "one_cycle"}) {
        const auto report = trainOrFail(headOnly(name, name, kEpochs));
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

// A patience of no epoch, and a loss that has to fall by a fifth: by the run's own losses the rate falls.
TEST_F(ScheduleTrainingTest, ThePlateauFollowsTheLossesAlsoInARunThatGoesOn) {
    auto c = headOnly("whole", "plateau", 8);
    c.batchSize = 12;
    c.own["schedule.plateau_patience"] = std::int64_t{0};
    c.own["schedule.plateau_min_change"] = 0.2;
    const auto whole = trainOrFail(c);
    double rate = 0.05;
    double best = std::numeric_limits<double>::infinity();
    for (const training::EpochDone& epoch : whole.epochs) {
        EXPECT_DOUBLE_EQ(epoch.learningRate, rate) << epoch.epoch;
        if (epoch.valLoss < 0.8 * best) {
            best = epoch.valLoss;
        } else if (rate - rate * 0.1 > 1e-8) {
            rate *= 0.1;
        }
    }
    ASSERT_LT(whole.epochs.back().learningRate, 0.05) << "the loss was to stand still sometimes";

    c.runFolder = path("stopped");
    trainUntil(c, {5, false, 2});
    const auto stopped = resume(c.runFolder);
    ASSERT_EQ(stopped.epochs.size(), whole.epochs.size());
    for (std::size_t i = 0; i < whole.epochs.size(); ++i)
        EXPECT_EQ(stopped.epochs[i].learningRate, whole.epochs[i].learningRate) << i + 1;
    expectSameEnd("whole", "stopped");
}

TEST_F(ScheduleTrainingTest, OneCycleGoesOnBitForBit) {
    auto c = headOnly("whole", "one_cycle", 4);
    c.batchSize = 12;
    trainOrFail(c);
    c.runFolder = path("stopped");
    trainUntil(c, {2, false, 2});
    resume(c.runFolder);
    expectSameEnd("whole", "stopped");
}

}  // namespace

}  // namespace graft::test
