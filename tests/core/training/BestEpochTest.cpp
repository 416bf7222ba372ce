// SPDX-License-Identifier: GPL-3.0-or-later
// Which epoch's model a run keeps, and when it ends early: by hand, and in runs.
#include "core/training/BestEpoch.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "core/base/Seed.h"
#include "core/evaluation/Evaluation.h"
#include "core/weights/WeightFile.h"
#include "tests/support/ResumableFixture.h"
#include "tests/support/TinyImages.h"

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

// Of classes with 8, 2 and 2 images. predicted: of each of these in turn.
EpochDone scoredEpoch(const std::array<int, 12>& predicted) {
    constexpr std::array<int, 12> kTruth{0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 2, 2};
    std::vector<evaluation::Prediction> predictions;
    for (std::size_t i = 0; i < kTruth.size(); ++i) {
        evaluation::Prediction next{"x.png", kTruth[i], predicted[i], {0.25F, 0.25F, 0.25F}};
        next.probabilities[static_cast<std::size_t>(predicted[i])] = 0.5F;
        predictions.push_back(next);
    }
    const auto scored = evaluation::scorePredictions(predictions, {"a", "b", "c"}, 1);
    return epochOf(scored.accuracy, 1, scored.macro.recall, scored.macro.f1);
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

// The figures as scikit-learn defines them (accuracy_score, balanced_accuracy_score, f1_score with
// average="macro"), worked out by hand.
TEST(BestEpochTest, UnequalClassesHaveABestEpochForEachFigure) {
    const std::vector<EpochDone> epochs{
        scoredEpoch({0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 2}),  // all of a and c, none of b
        scoredEpoch({0, 0, 0, 0, 1, 1, 2, 2, 1, 1, 2, 2}),  // half of a, all of the others
        scoredEpoch({0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 0})};
    const std::array<double, 3> accuracy{10 / 12.0, 8 / 12.0, 9 / 12.0};
    const std::array<double, 3> balanced{(1 + 0 + 1) / 3.0, (0.5 + 1 + 1) / 3, (0.75 + 1 + 0.5) / 3};
    // 2 right / (support + predicted) of each class
    const std::array<double, 3> macroF1{(16 / 18.0 + 0 + 1) / 3, (8 / 12.0 + 4 / 6.0 + 4 / 6.0) / 3,
                                        (12 / 15.0 + 4 / 6.0 + 2 / 3.0) / 3};
    for (std::size_t i = 0; i < epochs.size(); ++i) {
        EXPECT_DOUBLE_EQ(epochs[i].valAccuracy, accuracy[i]) << i;
        EXPECT_DOUBLE_EQ(epochs[i].balancedAccuracy.value(), balanced[i]) << i;
        EXPECT_DOUBLE_EQ(epochs[i].macroF1.value(), macroF1[i]) << i;
    }
    EXPECT_EQ(keptOf(epochs, {}), 1);
    EXPECT_EQ(keptOf(epochs, {.bestBy = Figure::BalancedAccuracy}), 2);
    EXPECT_EQ(keptOf(epochs, {.bestBy = Figure::MacroF1}), 3);
    EXPECT_EQ(improvedOf(epochs, {}), 1);
    EXPECT_EQ(improvedOf(epochs, {.stopOn = Figure::BalancedAccuracy}), 2);
    EXPECT_EQ(improvedOf(epochs, {.stopOn = Figure::MacroF1}), 3);
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
              "Best macro F1 90.0 % in epoch 3, with an accuracy of 93.5 %.");
    EXPECT_EQ(said({.keep = Keep::Last}),
              "The model is that of the last epoch, 3, with a validation accuracy of 93.5 %.");
}

class BestEpochRunTest : public ResumableFixture {
  protected:
    // The run's model, its evaluation and its figures are of the same epoch.
    void expectKept(const std::string& run, int epoch) {
        expectScored(run, epoch);
        expectItsFiguresAreItsModels(path(run));
    }

    void expectScored(const std::string& run, int epoch) {
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

class UnevenRunTest : public BestEpochRunTest {
  protected:
    // Red, green and blue pictures, 12, 4 and 3 of them for validation. Most red ones of the training images
    // lie among the green ones: the better a model learns, the more of the reds are wrong.
    void SetUp() override {
        BestEpochRunTest::SetUp();
        writePictures("uneven/train/0", 0, 2);
        writePictures("uneven/train/1", 0, 12);
        writePictures("uneven/train/1", 1, 12);
        writePictures("uneven/train/2", 2, 12);
        writePictures("uneven/val/0", 0, 12);
        writePictures("uneven/val/1", 1, 4);
        writePictures("uneven/val/2", 2, 3);
        makeStart();
    }

    // Of one colour each, in shades of the channel (0 red, 1 green, 2 blue); no two are the same.
    void writePictures(const std::string& folder, int channel, int count) {
        constexpr std::uint32_t kSide = 32;
        constexpr std::size_t kHeaderBytes = 54;
        for (int i = 0; i < count; ++i) {
            const int number = m_pictures++;
            base::RandomStream random(static_cast<std::uint64_t>(number));
            std::string pixel;
            for (const int each : {2, 1, 0}) {  // as BMP has them
                const double shade = (each == channel ? 200.0 : 40.0) + random.uniform(-30, 30);
                pixel += static_cast<char>(static_cast<unsigned char>(shade));
            }
            std::string bmp = tinyBmp(1, kSide, kSide).substr(0, kHeaderBytes);
            for (std::uint32_t at = 0; at < kSide * kSide; ++at)
                bmp += pixel;
            bmp[kHeaderBytes] = static_cast<char>(number);
            std::filesystem::create_directories(path(folder));
            writeText(path(folder + "/" + std::to_string(number) + ".bmp"), bmp);
        }
    }

    // A model that gives every image the first class.
    void makeStart() {
        auto c = config("start", "resnet18");
        c.datasetFolder = path("uneven");
        c.epochs = 1;
        c.optimizer.learningRate = 1e-12;
        trainOrFail(c);
        auto model = weights::readSafetensors(path("start/model.safetensors"));
        ASSERT_TRUE(model) << model.error().sentence();
        const weights::TensorData* bias = model->find("fc.bias");
        ASSERT_NE(bias, nullptr);
        constexpr std::array<float, 3> kBias{4, 0, 0};
        ASSERT_EQ(bias->bytes->size(), sizeof kBias);
        std::memcpy(bias->bytes->data(), kBias.data(), sizeof kBias);
        ASSERT_TRUE(weights::writeSafetensors(path("biased.safetensors"), *model));
        auto sidecar = nlohmann::json::parse(readText(path("start/model.safetensors.json")));
        sidecar.erase("sha256");
        writeText(path("biased.safetensors.json"), sidecar.dump());
    }

    // An epoch that changes nothing, then the head on features that stay as they are.
    training::TrainReport trainBy(Figure figure, const std::string& run) {
        setenv("XDG_CACHE_HOME", path("cache").c_str(), 1);
        auto c = config(run, "resnet18");
        c.datasetFolder = path("uneven");
        c.weightsFile = path("biased.safetensors");
        c.epochs = 5;
        c.own["phases.kind"] = std::string("own");
        c.own["phases.list"] = std::string("1 all lr=1e-12; rest all optimizer=adamw lr=0.02");
        c.stopping.bestBy = figure;
        return trainOrFail(c);
    }

    static int highest(const training::TrainReport& report, std::optional<double> EpochDone::*figure) {
        const EpochDone* best = &report.epochs.front();
        for (const EpochDone& epoch : report.epochs) {
            const double gain = (epoch.*figure).value() - (best->*figure).value();
            if (gain > 0 || (gain == 0 && epoch.valLoss < best->valLoss)) best = &epoch;
        }
        return best->epoch;
    }

    // What the run says of its model, against the definitions, from what the model answered.
    void expectByHand(const std::string& run) {
        const auto evaluation = training::readEvaluation(path(run));
        ASSERT_TRUE(evaluation) << evaluation.error().sentence();
        double balanced = 0;
        double macroF1 = 0;
        for (int k = 0; k < 3; ++k) {
            double truth = 0;
            double given = 0;
            double right = 0;
            for (const evaluation::Prediction& one : evaluation->predictions) {
                truth += one.truth == k ? 1 : 0;
                given += one.predicted == k ? 1 : 0;
                right += one.truth == k && one.predicted == k ? 1 : 0;
            }
            balanced += right / truth / 3;
            macroF1 += 2 * right / (truth + given) / 3;
        }
        const auto opened = training::openRun(path(run));
        ASSERT_TRUE(opened) << opened.error().sentence();
        const EpochDone& kept = opened->epochs.at(static_cast<std::size_t>(opened->bestEpoch) - 1);
        EXPECT_NEAR(kept.balancedAccuracy.value_or(-1), balanced, 1e-12);
        EXPECT_NEAR(kept.macroF1.value_or(-1), macroF1, 1e-12);
    }

    int m_pictures = 0;
};

TEST_F(UnevenRunTest, TheBestByAccuracyIsNotTheBestByTheFiguresOfTheClasses) {
    const auto report = trainBy(Figure::Accuracy, "accuracy");
    ASSERT_EQ(report.epochs.size(), 5U);
    EXPECT_EQ(report.bestEpoch, 1);
    // All 19 are called the first class: 12 of them are.
    EXPECT_DOUBLE_EQ(report.epochs[0].valAccuracy, 12 / 19.0);
    EXPECT_DOUBLE_EQ(report.epochs[0].balancedAccuracy.value_or(-1), 1 / 3.0);
    EXPECT_DOUBLE_EQ(report.epochs[0].macroF1.value_or(-1), 2 * 12 / (12 + 19.0) / 3);
    expectScored("accuracy", 1);
    expectByHand("accuracy");

    const int balanced = highest(report, &EpochDone::balancedAccuracy);
    ASSERT_NE(balanced, 1);
    EXPECT_EQ(trainBy(Figure::BalancedAccuracy, "balanced").bestEpoch, balanced);
    expectScored("balanced", balanced);
    expectByHand("balanced");

    const int f1 = highest(report, &EpochDone::macroF1);
    ASSERT_NE(f1, 1);
    EXPECT_EQ(trainBy(Figure::MacroF1, "f1").bestEpoch, f1);
    expectScored("f1", f1);
    expectByHand("f1");
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
