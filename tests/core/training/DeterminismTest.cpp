// SPDX-License-Identifier: GPL-3.0-or-later
#include <torch/types.h>
#include <torch/utils.h>

#include <atomic>
#include <cstring>
#include <limits>
#include <thread>

#include "core/backbones/ModelSummary.h"
#include "core/evaluation/Evaluator.h"

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
    c.optimizer.kind = "adam";
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

// Weights that do not move at all: no epoch is better than the first, and its model is kept.
TEST_F(DeterminismTest, EarlyStoppingEndsTheRunAndKeepsTheBest) {
    auto c = config("early");
    c.epochs = 50;
    c.earlyStopEpochs = 3;
    c.optimizer.learningRate = 1e-30;
    const auto report = trainOrFail(c);
    EXPECT_TRUE(report.completed);
    EXPECT_EQ(report.epochs.size(), 4U);
    EXPECT_EQ(report.bestEpoch, 1);
    EXPECT_EQ(training::openRun(path("early"))->bestEpoch, 1);

    // A run that learns and then forgets: a learning rate that is far too high after the warm-up's start.
    // Which seed's run does so depends on the last digits of the machine's arithmetic.
    c = config("forgets", "resnet18");
    c.epochs = 8;
    c.optimizer.learningRate = 1;
    c.optimizer.momentum = 0;
    c.schedule.warmupEpochs = 7;
    training::TrainReport forgetting;
    for (c.seed = 1; c.seed <= 5; ++c.seed) {
        fs::remove_all(path("forgets"));
        forgetting = trainOrFail(c);
        if (training::bestOf(forgetting.epochs)->epoch < 8) break;
    }
    const auto* best = training::bestOf(forgetting.epochs);
    EXPECT_EQ(forgetting.bestEpoch, best->epoch);
    // Other words for the same: nothing is above it, and what is as high has more loss or came later.
    for (const auto& epoch : forgetting.epochs) {
        EXPECT_LE(epoch.valAccuracy, best->valAccuracy);
        if (epoch.valAccuracy == best->valAccuracy) {
            EXPECT_GE(epoch.valLoss, best->valLoss);
        }
    }
    ASSERT_LT(best->epoch, 8) << "this run was to get worse in the end";
    const auto evaluation = training::readEvaluation(path("forgets")).value();
    EXPECT_EQ(evaluation.loss, best->valLoss);
    runtime::RunControl control;
    const auto again =
        evaluation::evaluateFolder(path("forgets"), path("images/val"), {"cpu", false}, {}, control);
    ASSERT_TRUE(again) << again.error().sentence();
    EXPECT_NEAR(again->loss, best->valLoss, 1e-4 * best->valLoss);
}

// Whatever else happens in the process: a window measures a network, another run seeds its own.
TEST_F(DeterminismTest, NobodyElsesRandomNumbersMoveARun) {
    auto c = config("alone");
    c.head = {"mlp", 16, 0.5};
    trainOrFail(c);
    std::atomic<bool> ends = false;
    std::thread other([&] {
        for (std::uint64_t i = 0; !ends; ++i) {
            if (i % 3 == 0) torch::manual_seed(i);
            torch::rand({7});
            if (i % 50 == 0) (void)backbones::summarize("squeezenet1_1", 64, 3);
        }
    });
    c.runFolder = path("beside");
    trainOrFail(c);
    ends = true;
    other.join();
    EXPECT_TRUE(tensorsIn(path("alone/checkpoint/state.safetensors")) ==
                tensorsIn(path("beside/checkpoint/state.safetensors")));
    // And the other way round: who draws beside it is not moved by it.
    torch::manual_seed(5);
    const at::Tensor before = torch::rand({4});
    torch::manual_seed(5);
    c.runFolder = path("between");
    trainOrFail(c);
    EXPECT_TRUE(torch::rand({4}).equal(before));
}

TEST_F(DeterminismTest, ALargeSeedIsTheSameInEveryFile) {
    auto c = config("large");
    c.seed = 18446744073709551615ULL;
    c.epochs = 1;
    trainOrFail(c);
    EXPECT_EQ(training::openRun(path("large"))->config.seed, c.seed);
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
        // Finite each, but not as a quotient; a step of training moves both by a tenth.
        const bool isMean = name == "layer4.1.bn2.running_mean";
        if (!isMean && name != "layer4.1.bn2.running_var") continue;
        std::vector<std::byte> bytes = *tensor.bytes;
        const float value = isMean ? -3e38F : 0.0F;
        std::memcpy(bytes.data(), &value, sizeof value);
        tensor.bytes = std::make_shared<std::vector<std::byte>>(std::move(bytes));
    }
    ASSERT_TRUE(weights::writeSafetensors(path("broken.safetensors"), weights));
    auto c = config("broken", "resnet18");
    c.weightsFile = path("broken.safetensors");
    c.batchSize = 64;  // one step
    runtime::RunControl control;
    const auto report = training::train(
        c, [](const auto&) {}, control);
    ASSERT_FALSE(report);
    EXPECT_EQ(report.error().code, ErrorCode::Diverged);
    EXPECT_NE(report.error().message.english().find("validation loss became nan"), std::string::npos)
        << report.error().message.english();
    EXPECT_TRUE(training::openRun(path("broken")));
}

}  // namespace

}  // namespace graft::test
