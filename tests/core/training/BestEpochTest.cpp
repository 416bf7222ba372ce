// SPDX-License-Identifier: GPL-3.0-or-later
// Which epoch's model a run keeps, and when it ends early: by hand, and in runs.
#include "core/training/BestEpoch.h"

#include <algorithm>

#include "tests/support/ResumableFixture.h"

namespace graft::test {

namespace {

using settings::Figure;
using settings::Keep;
using settings::StoppingOptions;
using training::EpochDone;

EpochDone epochOf(double accuracy, double loss, double balanced = 0, double f1 = 0) {
    EpochDone epoch;
    epoch.valAccuracy = accuracy;
    epoch.valLoss = loss;
    epoch.balancedAccuracy = balanced;
    epoch.macroF1 = f1;
    return epoch;
}

// One after the other, as a run decides.
std::vector<EpochDone> runOf(const std::vector<EpochDone>& epochs, const StoppingOptions& options) {
    std::vector<EpochDone> history;
    for (EpochDone epoch : epochs) {
        epoch.epoch = static_cast<int>(history.size()) + 1;
        epoch.best = training::isKept(epoch, history, options);
        history.push_back(epoch);
    }
    return history;
}

int keptOf(const std::vector<EpochDone>& epochs, const StoppingOptions& options) {
    return training::bestOf(runOf(epochs, options))->epoch;
}

int improvedOf(const std::vector<EpochDone>& epochs, const StoppingOptions& options) {
    return training::lastImprovement(runOf(epochs, options), options);
}

TEST(BestEpochTest, TheBestIsThatOfTheFigure) {
    EXPECT_EQ(training::bestOf({}), nullptr);
    EXPECT_EQ(training::lastImprovement({}, {}), 0);
    const std::vector<EpochDone> epochs{epochOf(0.5, 1.0, 0.4, 0.3), epochOf(0.8, 0.9, 0.6, 0.7),
                                        epochOf(0.7, 0.4, 0.65, 0.5), epochOf(0.6, 0.5, 0.9, 0.6),
                                        epochOf(0.1, 2.0, 0.1, 0.1)};
    EXPECT_EQ(keptOf(epochs, {}), 2);
    EXPECT_EQ(keptOf(epochs, {.bestBy = Figure::Loss}), 3);
    EXPECT_EQ(keptOf(epochs, {.bestBy = Figure::BalancedAccuracy}), 4);
    EXPECT_EQ(keptOf(epochs, {.bestBy = Figure::MacroF1}), 2);
    EXPECT_EQ(keptOf(epochs, {.keep = Keep::Last}), 5);
    EXPECT_EQ(improvedOf(epochs, {}), 2);
    EXPECT_EQ(improvedOf(epochs, {.stopOn = Figure::Loss}), 3);
    EXPECT_EQ(improvedOf(epochs, {.stopOn = Figure::BalancedAccuracy}), 4);
    EXPECT_EQ(improvedOf(epochs, {.stopOn = Figure::MacroF1}), 2);
    EXPECT_EQ(improvedOf(epochs, {.stopOn = Figure::Loss, .keep = Keep::Last}), 3);
}

// As every version before had it: the higher accuracy, then the lower loss, then the earlier one.
TEST(BestEpochTest, OfTheSameFigureTheLowerLossThenTheEarlierStays) {
    const std::vector<EpochDone> ties{epochOf(0.5, 1.0), epochOf(0.75, 2.0), epochOf(0.75, 1.5),
                                      epochOf(0.75, 1.5), epochOf(0.5, 0.1)};
    EXPECT_EQ(keptOf(ties, {}), 3);
    EXPECT_EQ(improvedOf(ties, {}), 3);
    EXPECT_EQ(keptOf(ties, {.bestBy = Figure::BalancedAccuracy}), 5);  // all are 0
}

// Keras' EarlyStopping(min_delta=0.1): the best stays what it was until something is better by more.
TEST(BestEpochTest, WhatIsBetterByNoMoreThanTheChangeIsNoBetter) {
    const std::vector<EpochDone> slow{epochOf(0.5, 1.0), epochOf(0.5625, 0.9375), epochOf(0.625, 0.875),
                                      epochOf(0.6875, 0.8125)};
    EXPECT_EQ(improvedOf(slow, {}), 4);
    // 0.5 + 0.125 is not more than that; 0.6875 is.
    EXPECT_EQ(improvedOf(slow, {.minChange = 0.125}), 4);
    EXPECT_EQ(improvedOf({slow[0], slow[1], slow[2]}, {.minChange = 0.125}), 1);
    EXPECT_EQ(improvedOf(slow, {.stopOn = Figure::Loss, .minChange = 0.125}), 4);
    EXPECT_EQ(improvedOf(slow, {.stopOn = Figure::Loss, .minChange = 0.5}), 1);
    // A loss that falls while the accuracy stays counts without a smallest change only.
    const std::vector<EpochDone> same{epochOf(0.5, 1.0), epochOf(0.5, 0.5)};
    EXPECT_EQ(improvedOf(same, {}), 2);
    EXPECT_EQ(improvedOf(same, {.minChange = 0.001}), 1);
}

TEST(BestEpochTest, AnEpochWithoutTheFigureIsNoBetterThanAny) {
    EpochDone old = epochOf(0.9, 0.1);
    old.balancedAccuracy.reset();
    const EpochDone now = epochOf(0.1, 2.0, 0.2);
    EXPECT_TRUE(training::isBetter(now, old, Figure::BalancedAccuracy));
    EXPECT_FALSE(training::isBetter(old, now, Figure::BalancedAccuracy));
    EXPECT_FALSE(training::isBetter(old, old, Figure::BalancedAccuracy));
}

TEST(BestEpochTest, IsSaidByItsFigure) {
    EpochDone epoch = epochOf(0.935, 0.25, 0.875, 0.9);
    epoch.epoch = 3;
    const auto said = [&](const StoppingOptions& options) {
        return training::keptSentence(epoch, options).english();
    };
    EXPECT_EQ(said({}), "Best validation accuracy 93.5 % in epoch 3.");
    EXPECT_EQ(said({.bestBy = Figure::Loss}),
              "Lowest validation loss 0.2500 in epoch 3, with an accuracy of 93.5 %.");
    EXPECT_EQ(said({.bestBy = Figure::BalancedAccuracy}),
              "Best balanced accuracy 87.5 % in epoch 3, with an accuracy of 93.5 %.");
    EXPECT_EQ(said({.bestBy = Figure::MacroF1}),
              "Best macro F1 0.900 in epoch 3, with an accuracy of 93.5 %.");
    EXPECT_EQ(said({.keep = Keep::Last}),
              "The model is that of the last epoch, 3, with a validation accuracy of 93.5 %.");
}

class BestEpochRunTest : public ResumableFixture {
  protected:
    // The run's model, its evaluation and its figures are of the same epoch.
    void expectKept(const std::string& run, int epoch) {
        const auto opened = training::openRun(path(run));
        ASSERT_TRUE(opened) << opened.error().sentence();
        EXPECT_EQ(opened->bestEpoch, epoch);
        const EpochDone& kept = opened->epochs.at(static_cast<std::size_t>(epoch) - 1);
        const auto evaluation = training::readEvaluation(path(run));
        ASSERT_TRUE(evaluation) << evaluation.error().sentence();
        EXPECT_EQ(evaluation->loss, kept.valLoss);
        EXPECT_EQ(evaluation->accuracy, kept.valAccuracy);
        EXPECT_EQ(evaluation->macro.recall, kept.balancedAccuracy);
        EXPECT_EQ(evaluation->macro.f1, kept.macroF1);
        expectItsFiguresAreItsModels(path(run));
    }

    // Rises too high: what is best by one figure is not by another.
    settings::TrainConfig restless(const std::string& run) const {
        auto c = config(run, "resnet18");
        c.epochs = 6;
        c.optimizer.learningRate = 0.2;
        c.optimizer.momentum = 0;
        return c;
    }
};

TEST_F(BestEpochRunTest, TheModelIsThatOfTheFigure) {
    auto c = restless("loss");
    c.stopping.bestBy = Figure::Loss;
    auto report = trainOrFail(c);
    const auto lowest = std::ranges::min_element(report.epochs, {}, &EpochDone::valLoss);
    EXPECT_EQ(report.bestEpoch, lowest->epoch);
    expectKept("loss", lowest->epoch);

    c = restless("f1");
    c.stopping.bestBy = Figure::MacroF1;
    report = trainOrFail(c);
    double highest = 0;
    for (const EpochDone& epoch : report.epochs)
        highest = std::max(highest, epoch.macroF1.value_or(-1));
    EXPECT_EQ(report.epochs.at(static_cast<std::size_t>(report.bestEpoch) - 1).macroF1, highest);
    expectKept("f1", report.bestEpoch);

    c = restless("last");
    c.stopping.keep = Keep::Last;
    report = trainOrFail(c);
    EXPECT_EQ(report.bestEpoch, 6);
    expectKept("last", 6);
}

// Weights that do not move: every figure stays as it is.
TEST_F(BestEpochRunTest, StopsOnTheFigureAndTheChange) {
    for (const Figure figure : {Figure::Loss, Figure::BalancedAccuracy, Figure::MacroF1}) {
        auto c = config("still" + std::to_string(static_cast<int>(figure)));
        c.epochs = 50;
        c.earlyStopEpochs = 2;
        c.stopping.stopOn = figure;
        c.optimizer.learningRate = 1e-30;
        EXPECT_EQ(trainOrFail(c).epochs.size(), 3U);
    }
    // Nothing changes by more than 1000: as many epochs as it waits, behind the first.
    auto c = config("patient");
    c.epochs = 10;
    c.earlyStopEpochs = 3;
    c.stopping.stopOn = Figure::Loss;
    c.stopping.minChange = 1000;
    EXPECT_EQ(trainOrFail(c).epochs.size(), 4U);
}

TEST_F(BestEpochRunTest, ARunThatGoesOnDecidesTheSame) {
    auto c = restless("whole");
    c.stopping.bestBy = Figure::BalancedAccuracy;
    c.stopping.stopOn = Figure::MacroF1;
    c.stopping.minChange = 0.01;
    c.earlyStopEpochs = 4;
    const auto whole = trainOrFail(c);

    c.runFolder = path("parts");
    trainUntil(c, {3, false, 2});
    const auto parts = tryToResume(path("parts"));
    ASSERT_TRUE(parts) << parts.error().sentence();
    ASSERT_EQ(parts->epochs.size(), whole.epochs.size());
    EXPECT_EQ(parts->bestEpoch, whole.bestEpoch);
    for (std::size_t i = 0; i < whole.epochs.size(); ++i) {
        EXPECT_EQ(parts->epochs[i].best, whole.epochs[i].best) << i;
        EXPECT_EQ(parts->epochs[i].balancedAccuracy, whole.epochs[i].balancedAccuracy) << i;
        EXPECT_EQ(parts->epochs[i].macroF1, whole.epochs[i].macroF1) << i;
    }
    EXPECT_EQ(tensorsIn(path("parts/model.safetensors")), tensorsIn(path("whole/model.safetensors")));
}

}  // namespace

}  // namespace graft::test
