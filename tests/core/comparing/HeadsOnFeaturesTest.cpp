// SPDX-License-Identifier: GPL-3.0-or-later
// Cross-validated heads against scikit-learn on the same features and folds, and LogME against the evidence's
// definition.
#include <gtest/gtest.h>
#include <torch/types.h>
#include <torch/utils.h>

#include <nlohmann/json.hpp>

#include "core/base/Seed.h"
#include "core/comparing/torch/CrossValidation.h"
#include "core/comparing/torch/HiddenHead.h"
#include "core/comparing/torch/LogMe.h"
#include "tests/support/TestFiles.h"

namespace graft::test {

namespace {

using comparing::FoldedFeatures;
using nlohmann::json;

const auto kGoOn = [] { return true; };

// Classes around points of their own, each fold with its share.
FoldedFeatures classesAround(std::int64_t images, std::int64_t d, int classes, double spread) {
    torch::manual_seed(11);
    FoldedFeatures folded;
    folded.labels = torch::arange(images).remainder(classes);
    const at::Tensor centres = torch::randn({classes, d});
    folded.features = centres.index_select(0, folded.labels) + spread * torch::randn({images, d}) + 2;
    folded.count = 5;
    folded.classes = classes;
    for (std::int64_t i = 0; i < images; ++i)
        folded.folds.push_back(static_cast<int>(i / classes % folded.count));
    return folded;
}

std::string written(const TemporaryFolder& folder, const FoldedFeatures& folded, bool withFolds) {
    std::ostringstream text;
    text.precision(9);
    for (std::int64_t i = 0; i < folded.labels.size(0); ++i) {
        text << folded.labels[i].item<std::int64_t>();
        if (withFolds) text << " " << folded.folds[static_cast<std::size_t>(i)];
        for (std::int64_t j = 0; j < folded.features.size(1); ++j)
            text << " " << folded.features[i][j].item<float>();
        text << "\n";
    }
    writeText(folder.path("rows"), text.str());
    return folder.path("rows");
}

TEST(CrossValidationTest, WithAPenaltyItGivesScikitLearnsAnswers) {
    const TemporaryFolder folder;
    const FoldedFeatures folded = classesAround(240, 12, 4, 1.6);
    const std::string file = written(folder, folded, true);
    for (const double l2 : {0.1, 0.001}) {
        const json expected =
            json::parse(runPython("comparing_reference.py", {"linear", file, std::to_string(l2)}));
        const auto found = comparing::crossValidateLinear(folded, 1, kGoOn, l2);
        ASSERT_TRUE(found);
        EXPECT_EQ(found->accuracy, expected.at("accuracy"));
        EXPECT_NEAR(found->logLoss, expected.at("log_loss"), 1e-4);
        EXPECT_EQ(found->l2, l2);
        for (std::size_t i = 0; i < found->right.size(); ++i)
            EXPECT_EQ(found->right[i], expected.at("right")[i] == 1) << i;
    }
}

// scikit-learn draws other folds and tries other penalties: the same within what that moves.
TEST(CrossValidationTest, WithThePenaltySearchedItIsAsGoodAsScikitLearns) {
    const TemporaryFolder folder;
    const FoldedFeatures folded = classesAround(400, 30, 4, 2.6);
    const json expected =
        json::parse(runPython("comparing_reference.py", {"folds", written(folder, folded, false), "5"}));
    const auto found = comparing::crossValidateLinear(folded, 1, kGoOn);
    ASSERT_TRUE(found);
    EXPECT_LT(found->accuracy, 0.99);  // there is something to lose
    EXPECT_NEAR(found->accuracy, expected.at("accuracy"), 0.03);
}

// Labels that have nothing to do with the features: whoever lets a head see what it is asked finds more than
// chance.
TEST(CrossValidationTest, NoHeadHasSeenWhatItIsAsked) {
    FoldedFeatures folded = classesAround(200, 100, 2, 1.0);
    folded.features = torch::randn({200, 100});
    const auto linear = comparing::crossValidateLinear(folded, 1, kGoOn);
    const auto hidden = comparing::crossValidateHidden(folded, 1, kGoOn);
    ASSERT_TRUE(linear && hidden);
    EXPECT_NEAR(linear->accuracy, 0.5, 0.12);
    EXPECT_NEAR(hidden->accuracy, 0.5, 0.12);
}

// Two classes that no line parts: opposite corners.
TEST(CrossValidationTest, AHiddenLayerLearnsWhatNoLinearHeadCan) {
    torch::manual_seed(3);
    FoldedFeatures folded;
    const at::Tensor corner = torch::randint(0, 2, {300, 2});
    folded.features = 4 * corner.to(torch::kFloat) - 2 + 0.5 * torch::randn({300, 2});
    folded.labels = corner.select(1, 0).bitwise_xor(corner.select(1, 1));
    folded.count = 5;
    folded.classes = 2;
    for (int i = 0; i < 300; ++i)
        folded.folds.push_back(i % 5);
    const auto linear = comparing::crossValidateLinear(folded, 1, kGoOn);
    const auto hidden = comparing::crossValidateHidden(folded, 1, kGoOn);
    ASSERT_TRUE(linear && hidden);
    EXPECT_LT(linear->accuracy, 0.8);
    EXPECT_GT(hidden->accuracy, 0.97);
    EXPECT_EQ(comparing::crossValidateHidden(folded, 1, kGoOn)->logLoss, hidden->logLoss) << "the seed's";
}

TEST(CrossValidationTest, StopsWhenItIsAskedTo) {
    const FoldedFeatures folded = classesAround(100, 10, 2, 1.0);
    int calls = 0;
    const auto thrice = [&] { return ++calls < 3; };
    EXPECT_FALSE(comparing::crossValidateLinear(folded, 1, thrice));
    EXPECT_EQ(calls, 3);
    calls = 0;
    EXPECT_FALSE(comparing::crossValidateHidden(folded, 1, thrice));
    EXPECT_EQ(calls, 3);
}

TEST(LogMeTest, IsTheLargestEvidenceByItsDefinition) {
    const TemporaryFolder folder;
    // More images than features, and fewer; features that repeat each other; a noise that leaves little.
    std::vector<FoldedFeatures> cases{classesAround(90, 8, 3, 1.0), classesAround(24, 40, 3, 1.5),
                                      classesAround(60, 6, 2, 5.0)};
    cases.push_back(classesAround(50, 5, 2, 1.0));
    cases.back().features = at::cat({cases.back().features, cases.back().features}, 1);
    for (const FoldedFeatures& folded : cases) {
        const json expected =
            json::parse(runPython("comparing_reference.py", {"logme", written(folder, folded, false)}));
        EXPECT_NEAR(comparing::logMe(folded.features, folded.labels, folded.classes), expected.at("log_me"),
                    1e-5)
            << folded.features.sizes();
    }
}

TEST(LogMeTest, IsHigherWhereTheFeaturesTellTheClassesApart) {
    const auto of = [](double spread) {
        const FoldedFeatures folded = classesAround(120, 16, 3, spread);
        return comparing::logMe(folded.features, folded.labels, folded.classes);
    };
    EXPECT_GT(of(0.3), of(1.0));
    EXPECT_GT(of(1.0), of(4.0));
}

}  // namespace

}  // namespace graft::test
