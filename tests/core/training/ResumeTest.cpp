// SPDX-License-Identifier: GPL-3.0-or-later
// A run that was stopped and resumed ends with the weights of an uninterrupted one, bit for bit.
#include "core/training/RunFolder.h"
#include "tests/support/TrainingFixture.h"

namespace graft::test {

namespace {

using training::OptimizerKind;

struct StopPoint {
    int epoch;
    bool validation;
    std::size_t batch;
};

class ResumeTest : public TrainingFixture {
  protected:
    // Stops after the batch given. False if the run ended before.
    void trainUntil(const training::TrainConfig& c, const StopPoint& stop) {
        runtime::RunControl control;
        const auto report = training::train(
            c,
            [&](const training::TrainEvent& event) {
                const auto* batch = std::get_if<training::BatchDone>(&event);
                if (batch != nullptr && batch->epoch == stop.epoch && batch->validation == stop.validation &&
                    batch->batch == stop.batch) {
                    control.stop();
                }
            },
            control);
        ASSERT_TRUE(report) << report.error().sentence();
        EXPECT_FALSE(report->completed);
    }

    training::TrainReport resume(const std::string& run) {
        runtime::RunControl control;
        const auto report = training::resumeRun(
            run, [](const auto&) {}, control);
        EXPECT_TRUE(report) << report.error().sentence();
        return report.value_or(training::TrainReport{});
    }

    void expectSameEnd(const std::string& a, const std::string& b) {
        EXPECT_EQ(tensorsIn(path(a + "/checkpoint/state.safetensors")),
                  tensorsIn(path(b + "/checkpoint/state.safetensors")));
        EXPECT_EQ(tensorsIn(path(a + "/model.safetensors")), tensorsIn(path(b + "/model.safetensors")));
        EXPECT_EQ(readText(path(a + "/predictions.csv")), readText(path(b + "/predictions.csv")));
        const auto first = training::openRun(path(a)).value();
        const auto second = training::openRun(path(b)).value();
        ASSERT_EQ(first.epochs.size(), second.epochs.size());
        for (std::size_t i = 0; i < first.epochs.size(); ++i) {
            EXPECT_EQ(first.epochs[i].trainLoss, second.epochs[i].trainLoss);
            EXPECT_EQ(first.epochs[i].valLoss, second.epochs[i].valLoss);
            EXPECT_EQ(first.epochs[i].epoch, second.epochs[i].epoch);
        }
        EXPECT_TRUE(second.completed);
    }
};

TEST_F(ResumeTest, StoppedAnywhereWithEveryOptimizer) {
    const std::vector<std::pair<OptimizerKind, StopPoint>> cases{{OptimizerKind::Sgd, {1, false, 2}},
                                                                 {OptimizerKind::Adam, {2, false, 1}},
                                                                 {OptimizerKind::AdamW, {1, true, 1}},
                                                                 {OptimizerKind::RmsProp, {2, true, 1}}};
    for (const auto& [kind, stop] : cases) {
        const std::string name(optimizerName(kind));
        auto c = config(name + "-whole");
        c.optimizer.kind = kind;
        c.optimizer.learningRate = 0.001;
        c.head = {backbones::HeadKind::Mlp, 16, 0.5};  // dropout draws random numbers
        c.schedule.kind = training::ScheduleKind::Cosine;
        trainOrFail(c);
        c.runFolder = path(name + "-stopped");
        trainUntil(c, stop);
        EXPECT_EQ(resume(c.runFolder).epochs.size(), 2U);
        expectSameEnd(name + "-whole", name + "-stopped");
    }
}

TEST_F(ResumeTest, BatchNormAndAFrozenPrefix) {
    auto c = config("whole", "resnet18");
    c.freeze = backbones::trainFrom("layer4", backbones::listUnits("resnet18").value()).value();
    trainOrFail(c);
    c.runFolder = path("stopped");
    trainUntil(c, {2, false, 3});
    resume(c.runFolder);
    expectSameEnd("whole", "stopped");
}

TEST_F(ResumeTest, StoppedTwice) {
    auto c = config("whole");
    trainOrFail(c);
    c.runFolder = path("stopped");
    trainUntil(c, {1, false, 1});
    runtime::RunControl control;
    control.stop();
    const auto second = training::resumeRun(
        c.runFolder, [](const auto&) {}, control);
    ASSERT_TRUE(second);
    EXPECT_FALSE(second->completed);
    resume(c.runFolder);
    expectSameEnd("whole", "stopped");
}

TEST_F(ResumeTest, ACompletedRunHasNothingToResume) {
    trainOrFail(config("done"));
    runtime::RunControl control;
    const auto report = training::resumeRun(
        path("done"), [](const auto&) {}, control);
    ASSERT_FALSE(report);
    EXPECT_EQ(report.error().code, ErrorCode::InvalidArgument);
}

TEST_F(ResumeTest, ADamagedCheckpointIsSaidInASentence) {
    auto c = config("run");
    trainUntil(c, {1, false, 2});
    const std::string state = path("run/checkpoint/state.safetensors");
    std::filesystem::resize_file(state, std::filesystem::file_size(state) / 2);
    runtime::RunControl control;
    const auto report = training::resumeRun(
        c.runFolder, [](const auto&) {}, control);
    ASSERT_FALSE(report);
    EXPECT_EQ(report.error().code, ErrorCode::BadFormat);
    EXPECT_EQ(report.error().path, state);
}

}  // namespace

}  // namespace graft::test
