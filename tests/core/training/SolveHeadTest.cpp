// SPDX-License-Identifier: GPL-3.0-or-later
// Runs whose head is solved at once.
#include "core/settings/HeadSolving.h"

#include "tests/support/ResumableFixture.h"
#include "tests/support/TinyImages.h"

namespace graft::test {

namespace {

class SolveHeadTest : public ResumableFixture {
  protected:
    settings::TrainConfig solved(const std::string& run, const std::string& backbone = "resnet18") {
        setenv("XDG_CACHE_HOME", path("cache").c_str(), 1);
        auto c = config(run, backbone);
        c.freeze = backbones::freezeAll(backbones::listUnits(backbone).value());
        c.optimizer.kind = "lbfgs";
        c.cache.variants = 2;
        return c;
    }

    Error refused(const settings::TrainConfig& c) {
        runtime::RunControl control;
        const auto report = training::train(
            c, [](const auto&) {}, control);
        EXPECT_FALSE(report);
        EXPECT_FALSE(fs::exists(c.runFolder));
        return report ? Error{} : report.error();
    }
};

// SqueezeNet's classifier is a convolution with the average behind it, ResNet's a linear layer behind the
// average, MobileNetV3's one behind another layer.
TEST_F(SolveHeadTest, NoOtherHeadHasALowerLoss) {
    for (const char* backbone : {"resnet18", "squeezenet1_1", "mobilenet_v3_small"}) {
        const std::string name = backbone;
        auto c = solved(name, backbone);
        c.own[settings::kSolverL2] = 1e-5;
        // Without variants, so that both look at the same images.
        c.augment.randomResizedCrop = false;
        c.augment.horizontalFlip = false;
        c.cache.variants = 1;
        const auto report = trainOrFail(c);
        ASSERT_EQ(report.epochs.size(), 1U) << name;
        EXPECT_EQ(report.epochs[0].learningRate, 0);
        EXPECT_EQ(report.epochs[0].trainImages, 36U);
        runtime::RunControl control;
        const auto afterwards = evaluation::evaluateFolder(path(name), path("images/val"), {}, {}, control);
        ASSERT_TRUE(afterwards) << afterwards.error().sentence();
        EXPECT_EQ(report.epochs[0].valAccuracy, afterwards->accuracy);
        // Features are kept in float16, and the weights of an optimum are large.
        EXPECT_NEAR(report.epochs[0].valLoss, afterwards->loss, 0.005 * afterwards->loss);
        auto steps = c;
        steps.own.clear();
        steps.optimizer.kind = "adam";
        steps.optimizer.learningRate = 0.001;
        steps.epochs = 30;
        steps.runFolder = path(name + "-steps");
        EXPECT_LT(report.epochs[0].trainLoss, trainOrFail(steps).epochs.back().trainLoss) << name;
    }
}

TEST_F(SolveHeadTest, TheSameTwiceAndAfterAStop) {
    trainOrFail(solved("whole"));
    trainOrFail(solved("again"));
    expectSameEnd("whole", "again");
    // In the features, in the folds, in the iterations, in the validation.
    for (const int moment : {0, 1, 2, 3}) {
        const std::string name = "stopped" + std::to_string(moment);
        auto c = solved(name);
        setenv("XDG_CACHE_HOME", path(name + "-cache").c_str(), 1);
        runtime::RunControl control;
        const auto report = training::train(
            c,
            [&](const training::TrainEvent& event) {
                const auto* solving = std::get_if<training::HeadSolving>(&event);
                const auto* batch = std::get_if<training::BatchDone>(&event);
                if (solving != nullptr && moment == 0 && solving->batch == 3) control.stop();
                if (solving != nullptr && moment == 1 && solving->batch == solving->batches &&
                    solving->loss > 0 && solving->iteration == 0)
                    control.stop();
                if (solving != nullptr && moment == 2 && solving->iteration == 2) control.stop();
                if (batch != nullptr && moment == 3) control.stop();
            },
            control);
        ASSERT_TRUE(report) << report.error().sentence();
        EXPECT_FALSE(report->completed) << moment;
        EXPECT_EQ(resume(c.runFolder).epochs.size(), 1U);
        expectSameEnd("whole", name);
    }
}

TEST_F(SolveHeadTest, WhereThereIsNoSuchProblemASentenceSaysWhy) {
    auto c = solved("run");
    c.freeze.frozenUnits.erase("layer4.1");
    EXPECT_EQ(refused(c).setting, "optimizer.kind");
    c = solved("run");
    c.head.kind = "mlp";
    EXPECT_EQ(refused(c).setting, "head.kind");
    c = solved("run");
    c.cache.variants = 0;
    EXPECT_EQ(refused(c).setting, "cache.variants");
    c = solved("run");
    c.own["loss.label_smoothing"] = 0.1;
    EXPECT_EQ(refused(c).setting, "loss.kind");
}

TEST_F(SolveHeadTest, MoreEpochsAreRefused) {
    trainOrFail(solved("run"));
    training::ResumeOptions options;
    options.epochs = 5;
    const auto report = tryToResume(path("run"), options);
    ASSERT_FALSE(report);
    EXPECT_NE(report.error().message.english().find("optimum"), std::string::npos)
        << report.error().message.english();
}

TEST_F(SolveHeadTest, AHeadThatIsSolvedCanBeTheFirstPhase) {
    auto c = solved("run");
    c.optimizer.kind = "sgd";
    c.optimizer.learningRate = 0.001;
    c.epochs = 3;
    c.freeze.frozenUnits.clear();
    c.own["phases.kind"] = std::string("own");
    c.own["phases.list"] = std::string("1 all optimizer=lbfgs; rest from layer4");
    const auto report = trainOrFail(c);
    ASSERT_EQ(report.epochs.size(), 3U);
    const auto alone = trainOrFail(solved("alone"));
    EXPECT_EQ(report.epochs[0].trainLoss, alone.epochs[0].trainLoss);
    EXPECT_EQ(report.epochs[0].learningRate, 0);
    EXPECT_EQ(report.epochs[1].learningRate, 0.001);
}

}  // namespace

}  // namespace graft::test
