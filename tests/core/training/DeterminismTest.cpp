// SPDX-License-Identifier: GPL-3.0-or-later
#include <cstring>
#include <limits>

#include "core/training/RunFolder.h"
#include "tests/support/TrainingFixture.h"

namespace graft::test {

namespace {

class DeterminismTest : public TrainingFixture {};

TEST_F(DeterminismTest, TheSameSeedGivesTheSameWeightsBitForBit) {
    trainOrFail(config("a", "resnet18"));
    trainOrFail(config("b", "resnet18"));
    EXPECT_EQ(tensorsIn(path("a/model.safetensors")), tensorsIn(path("b/model.safetensors")));
    EXPECT_EQ(tensorsIn(path("a/checkpoint/state.safetensors")),
              tensorsIn(path("b/checkpoint/state.safetensors")));
}

TEST_F(DeterminismTest, TheNumberOfLoaderThreadsChangesNothing) {
    auto one = config("one");
    one.loaderThreads = 1;
    auto five = config("five");
    five.loaderThreads = 5;
    trainOrFail(one);
    trainOrFail(five);
    EXPECT_EQ(tensorsIn(path("one/checkpoint/state.safetensors")),
              tensorsIn(path("five/checkpoint/state.safetensors")));
}

TEST_F(DeterminismTest, AnotherSeedGivesOtherWeights) {
    auto other = config("other");
    other.seed = 2;
    trainOrFail(config("first"));
    trainOrFail(other);
    EXPECT_NE(tensorsIn(path("first/checkpoint/state.safetensors")),
              tensorsIn(path("other/checkpoint/state.safetensors")));
}

TEST_F(DeterminismTest, ItLearns) {
    auto c = config("learn", "resnet18");
    c.epochs = 12;
    c.batchSize = 6;
    c.optimizer.kind = training::OptimizerKind::Adam;
    c.optimizer.learningRate = 0.001;
    c.augment = {false, 0.08, false};  // a mirrored diagonal is another class
    const auto report = trainOrFail(c);
    EXPECT_GT(report.valAccuracy, 0.8);
    EXPECT_LT(report.epochs.back().trainLoss, report.epochs.front().trainLoss);
}

TEST_F(DeterminismTest, ARunFolderIsNotOverwritten) {
    trainOrFail(config("run"));
    runtime::RunControl control;
    const auto again = training::train(
        config("run"), [](const auto&) {}, control);
    ASSERT_FALSE(again);
    EXPECT_EQ(again.error().code, ErrorCode::InvalidArgument);
}

TEST_F(DeterminismTest, EarlyStoppingEndsTheRunAndKeepsTheBest) {
    auto c = config("early");
    c.epochs = 50;
    c.earlyStopEpochs = 1;
    c.optimizer.learningRate = 1e-9;  // nothing gets better
    const auto report = trainOrFail(c);
    EXPECT_TRUE(report.completed);
    EXPECT_LT(report.epochs.size(), 50U);
    EXPECT_GE(static_cast<int>(report.epochs.size()), report.bestEpoch);
}

TEST_F(DeterminismTest, ALossWithoutBoundsIsSaidInASentence) {
    auto c = config("diverged");
    c.epochs = 20;
    c.optimizer.learningRate = 1000;
    runtime::RunControl control;
    bool failedEvent = false;
    const auto report = training::train(
        c,
        [&](const training::TrainEvent& event) {
            if (const auto* ended = std::get_if<training::RunEnded>(&event)) {
                failedEvent = ended->outcome == training::RunEnded::Outcome::Failed;
            }
        },
        control);
    ASSERT_FALSE(report);
    EXPECT_EQ(report.error().code, ErrorCode::Diverged);
    EXPECT_TRUE(failedEvent);
}

// Batch norm in training does not look at the statistics that it validates with.
TEST_F(DeterminismTest, AValidationLossThatIsNoNumberIsSaidToo) {
    trainOrFail(config("whole", "resnet18"));
    auto weights = weights::readSafetensors(path("whole/model.safetensors")).value();
    for (auto& [name, tensor] : weights.tensors) {
        if (name != "layer4.1.bn2.running_var") continue;
        std::vector<std::byte> bytes = *tensor.bytes;
        const float nan = std::numeric_limits<float>::quiet_NaN();
        std::memcpy(bytes.data(), &nan, sizeof nan);
        tensor.bytes = std::make_shared<std::vector<std::byte>>(std::move(bytes));
    }
    ASSERT_TRUE(weights::writeSafetensors(path("broken.safetensors"), weights));
    auto c = config("broken", "resnet18");
    c.weightsFile = path("broken.safetensors");
    runtime::RunControl control;
    const auto report = training::train(
        c, [](const auto&) {}, control);
    ASSERT_FALSE(report);
    EXPECT_EQ(report.error().code, ErrorCode::Diverged);
    EXPECT_NE(report.error().message.find("validation loss became nan"), std::string::npos)
        << report.error().message;
    EXPECT_TRUE(training::openRun(path("broken")));
}

}  // namespace

}  // namespace graft::test
