// SPDX-License-Identifier: GPL-3.0-or-later
// Mixed precision, scaled gradients and accumulated gradients against float32 and plain batches.
#include <ATen/Functions.h>

#include <cmath>
#include <limits>

#include "core/backbones/ModelSummary.h"
#include "core/backbones/torch/Network.h"
#include "core/runtime/torch/Autocast.h"
#include "core/settings/Settings.h"
#include "core/training/torch/GradScaler.h"
#include "core/training/torch/Precisions.h"
#include "tests/support/TrainingFixture.h"

namespace graft::test {

namespace {

const c10::Device kCpu(c10::kCPU);

at::Tensor withGradient(std::vector<float> gradient) {
    at::Tensor parameter = at::zeros({static_cast<std::int64_t>(gradient.size())});
    parameter.set_requires_grad(true);
    parameter.mutable_grad() = at::tensor(gradient);
    return parameter;
}

}  // namespace

TEST(GradScalerTest, GradientsAreDividedByTheScale) {
    training::GradScaler scaler({1024, 0});
    const at::Tensor parameter = withGradient({1024, -512, 0});
    EXPECT_TRUE(scaler.unscale({parameter}));
    EXPECT_TRUE(at::equal(parameter.grad(), at::tensor({1.0F, -0.5F, 0.0F})));
    EXPECT_EQ(scaler.scale(), 1024);
}

TEST(GradScalerTest, AnOverflowHalvesTheScaleAndLeavesTheStepOut) {
    for (const float bad : {std::numeric_limits<float>::infinity(), std::nanf("")}) {
        training::GradScaler scaler({1024, 1500});
        EXPECT_FALSE(scaler.unscale({withGradient({1, 2}), withGradient({3, bad})}));
        EXPECT_EQ(scaler.scale(), 512);
        EXPECT_EQ(scaler.state().stepsWithoutOverflow, 0);
    }
}

TEST(GradScalerTest, TwoThousandGoodStepsDoubleTheScale) {
    training::GradScaler scaler({8, 1998});
    EXPECT_TRUE(scaler.unscale({withGradient({1})}));
    EXPECT_EQ(scaler.scale(), 8);
    EXPECT_TRUE(scaler.unscale({withGradient({1})}));
    EXPECT_EQ(scaler.scale(), 16);
}

class PrecisionTest : public TrainingFixture {
  protected:
    settings::TrainConfig headOnly(const std::string& run) const {
        settings::TrainConfig c = config(run, "resnet18");
        c.freeze = backbones::freezeAll(backbones::listUnits("resnet18").value());
        c.cache.variants = 0;
        return c;
    }

    std::vector<float> headOf(const settings::TrainConfig& c) const {
        const auto dict = weights::readSafetensors(c.runFolder + "/model.safetensors").value();
        const auto* tensor = dict.find("fc.weight");
        const auto* values = reinterpret_cast<const float*>(tensor->bytes->data());
        return std::vector<float>(values, values + tensor->bytes->size() / sizeof(float));
    }

    static double relativeDifference(const std::vector<float>& a, const std::vector<float>& b) {
        double change = 0;
        double largest = 0;
        for (std::size_t i = 0; i < a.size(); ++i) {
            change = std::max(change, std::abs(static_cast<double>(a[i]) - static_cast<double>(b[i])));
            largest = std::max(largest, std::abs(static_cast<double>(b[i])));
        }
        return change / largest;
    }
};

TEST_F(PrecisionTest, TwoAccumulatedBatchesStepLikeOneOfTwiceTheSize) {
    auto large = headOnly("large");
    large.batchSize = 8;
    auto small = headOnly("small");
    small.batchSize = 4;
    small.accumulate = 2;
    auto unaccumulated = headOnly("unaccumulated");
    unaccumulated.batchSize = 4;
    for (const auto* c : {&large, &small, &unaccumulated})
        trainOrFail(*c);
    EXPECT_LT(relativeDifference(headOf(small), headOf(large)), 1e-5);
    EXPECT_GT(relativeDifference(headOf(unaccumulated), headOf(large)), 1e-3);
}

TEST_F(PrecisionTest, AStopWithinAStepLosesNothingOfIt) {
    auto whole = headOnly("whole");
    whole.batchSize = 4;
    whole.accumulate = 3;
    trainOrFail(whole);

    auto stopped = whole;
    stopped.runFolder = path("stopped");
    runtime::RunControl control;
    const auto report = training::train(
        stopped,
        [&](const training::TrainEvent& event) {
            const auto* batch = std::get_if<training::BatchDone>(&event);
            if (batch != nullptr && !batch->validation && batch->batch == 4) control.stop();
        },
        control);
    ASSERT_TRUE(report) << report.error().sentence();
    ASSERT_FALSE(report->completed);
    runtime::RunControl goOn;
    ASSERT_TRUE(training::resumeRun(
        stopped.runFolder, [](const auto&) {}, goOn));
    EXPECT_EQ(headOf(stopped), headOf(whole));
}

TEST_F(PrecisionTest, WhatTheProcessorCannotDoIsRefusedInASentence) {
    auto c = config("run");
    c.precision = settings::Precision::Float16;
    runtime::RunControl control;
    const auto report = training::train(
        c, [](const auto&) {}, control);
    ASSERT_FALSE(report);
    EXPECT_EQ(report.error().code, ErrorCode::InvalidArgument);
    EXPECT_NE(report.error().message.english().find("float16 needs a GPU"), std::string::npos);
    EXPECT_FALSE(fs::exists(c.runFolder));
}

TEST_F(PrecisionTest, TheSettingSurvivesItsFile) {
    auto c = config("run");
    c.accumulate = 7;
    c.device = "cuda:0";  // float16 needs one
    for (const auto precision : {settings::Precision::Auto, settings::Precision::Float32,
                                 settings::Precision::BFloat16, settings::Precision::Float16}) {
        c.precision = precision;
        const auto read = settings::configFromJson(settings::toJson(c));
        ASSERT_TRUE(read) << read.error().sentence();
        EXPECT_EQ(read->precision, precision);
        EXPECT_EQ(read->accumulate, 7);
    }
    EXPECT_FALSE(settings::parsed(*settings::find("precision"), "float64"));
}

TEST_F(PrecisionTest, BFloat16TrainsNearFloat32) {
    if (!training::hasFastBFloat16(kCpu)) GTEST_SKIP() << "no bfloat16 on this processor";
    auto exact = config("exact", "resnet18");
    exact.epochs = 3;
    exact.precision = settings::Precision::Float32;
    auto mixed = exact;
    mixed.runFolder = path("mixed");
    mixed.precision = settings::Precision::BFloat16;
    const auto a = trainOrFail(exact);
    const auto b = trainOrFail(mixed);
    EXPECT_NEAR(a.epochs[0].trainLoss, b.epochs[0].trainLoss, 0.15 * a.epochs[0].trainLoss);
    EXPECT_NE(a.epochs[0].trainLoss, b.epochs[0].trainLoss);  // it is not float32
}

TEST_F(PrecisionTest, TheFiguresOfMixedPrecisionAreThoseOfTheFinishedModel) {
    if (!training::hasFastBFloat16(kCpu)) GTEST_SKIP() << "no bfloat16 on this processor";
    for (const bool frozen : {false, true}) {
        SCOPED_TRACE(frozen);
        auto c = frozen ? headOnly("frozen") : config("all", "resnet18");
        c.epochs = 3;
        c.cache.variants = frozen ? 2 : 0;
        c.precision = settings::Precision::BFloat16;
        trainOrFail(c);
        expectItsFiguresAreItsModels(c.runFolder);
    }
}

// LibTorch 1.13 lacks some backward passes in bfloat16 on the CPU; every family must get around them.
TEST(EveryFamilyTest, LearnsInBFloat16) {
    if (!training::hasFastBFloat16(kCpu)) GTEST_SKIP() << "no bfloat16 on this processor";
    for (const char* name : {"alexnet",
                             "convnext_tiny",
                             "convnextv2_atto",
                             "densenet121",
                             "efficientnet_b0",
                             "efficientnet_v2_s",
                             "efficientvit_b0",
                             "googlenet",
                             "inception_v3",
                             "maxvit_t",
                             "mnasnet0_5",
                             "mobilenet_v2",
                             "mobilenet_v3_small",
                             "mobilenetv4_conv_small",
                             "mobilenetv4_hybrid_medium",
                             "regnet_y_400mf",
                             "resnet18",
                             "shufflenet_v2_x0_5",
                             "squeezenet1_1",
                             "swin_t",
                             "swin_v2_t",
                             "vgg11_bn",
                             "vit_b_32"}) {
        SCOPED_TRACE(name);
        torch::manual_seed(1);
        auto network = backbones::Network::create(name, 3, {});
        ASSERT_TRUE(network) << network.error().sentence();
        network->freeze({});
        network->to(kCpu);
        network->train(true);
        const bool large = std::string_view(name) == "inception_v3";
        const bool fixedSize = network->checkInput(64).has_value() == false;
        const std::int64_t side = large ? 299 : fixedSize ? 224 : 64;
        const at::Tensor images = backbones::Network::toInput(at::rand({2, 3, side, side}), kCpu);
        at::Tensor logits;
        {
            const runtime::Autocast mixedPrecision(kCpu, c10::kBFloat16);
            ASSERT_NO_THROW(logits = network->forward(images).to(at::kFloat));
        }
        ASSERT_NO_THROW(at::cross_entropy_loss(logits, at::zeros({2}, at::kLong)).backward());
        for (const auto& [parameterName, parameter] : network->trainableParameters()) {
            if (!parameter.grad().defined()) continue;
            ASSERT_TRUE(at::isfinite(parameter.grad()).all().item<bool>());
            ASSERT_EQ(parameter.grad().scalar_type(), at::kFloat);
        }
    }
}

}  // namespace graft::test
