// SPDX-License-Identifier: GPL-3.0-or-later
// The dozen validation images whose answers are told after each epoch, and the recall of each class.
#include <algorithm>
#include <map>
#include <set>

#include "core/inference/Predictor.h"
#include "core/training/detail/ShownImages.h"
#include "tests/support/ResumableFixture.h"

namespace graft::test {

namespace {

using training::ShownImages;

// samples of validation images: so many of each class, and a training image before each.
data::DatasetIndex datasetOf(const std::vector<int>& perClass) {
    data::DatasetIndex dataset;
    for (std::size_t c = 0; c < perClass.size(); ++c) {
        dataset.classes.push_back("class" + std::to_string(c));
        for (int i = 0; i < perClass[c]; ++i) {
            for (const data::Split split : {data::Split::Train, data::Split::Validation}) {
                data::Sample sample;
                sample.path = dataset.classes.back() + "/" + std::to_string(dataset.samples.size());
                sample.classIndex = static_cast<int>(c);
                sample.split = split;
                dataset.samples.push_back(sample);
            }
        }
    }
    return dataset;
}

std::map<int, int> shownPerClass(const data::DatasetIndex& dataset) {
    const ShownImages shown(dataset);
    EXPECT_TRUE(std::ranges::is_sorted(shown.samples()));
    EXPECT_EQ(std::set(shown.samples().begin(), shown.samples().end()).size(), shown.samples().size());
    std::map<int, int> counts;
    for (const std::size_t sample : shown.samples()) {
        EXPECT_EQ(dataset.samples[sample].split, data::Split::Validation);
        ++counts[dataset.samples[sample].classIndex];
    }
    return counts;
}

TEST(ShownImagesTest, ADozenSpreadOverTheClasses) {
    EXPECT_EQ(shownPerClass(datasetOf({20, 20, 20})), (std::map<int, int>{{0, 4}, {1, 4}, {2, 4}}));
    EXPECT_EQ(shownPerClass(datasetOf({1, 0, 30})), (std::map<int, int>{{0, 1}, {2, 11}}));
    EXPECT_EQ(shownPerClass(datasetOf({2, 1})), (std::map<int, int>{{0, 2}, {1, 1}}));
    EXPECT_EQ(shownPerClass(datasetOf({5, 5, 5, 5, 5})),
              (std::map<int, int>{{0, 3}, {1, 3}, {2, 2}, {3, 2}, {4, 2}}));
    EXPECT_TRUE(shownPerClass(datasetOf({})).empty());

    const auto many = shownPerClass(datasetOf(std::vector<int>(120, 3)));
    EXPECT_EQ(many.size(), 12U);
    EXPECT_LT(many.begin()->first, 10);
    EXPECT_GE(many.rbegin()->first, 110);
}

TEST(ShownImagesTest, OfOneClassTheyLieFarApart) {
    const ShownImages shown(datasetOf({0, 120}));
    ASSERT_EQ(shown.samples().size(), 12U);
    for (std::size_t i = 1; i < shown.samples().size(); ++i)
        EXPECT_EQ(shown.samples()[i] - shown.samples()[i - 1], 20U);  // every tenth, training images between
}

class ValidationAnswersTest : public ResumableFixture {
  protected:
    training::TrainObserver listener() {
        return [this](const training::TrainEvent& event) {
            if (const auto* answers = std::get_if<training::ValidationAnswers>(&event))
                m_answers[answers->epoch] = answers->images;
            if (const auto* epoch = std::get_if<training::EpochDone>(&event)) {
                EXPECT_TRUE(m_answers.contains(epoch->epoch)) << "they come before their epoch";
            }
        };
    }
    std::vector<std::string> shownIn(int epoch) {
        std::vector<std::string> paths;
        for (const training::ValidationAnswer& answer : m_answers[epoch])
            paths.push_back(answer.path);
        return paths;
    }

    std::map<int, std::vector<training::ValidationAnswer>> m_answers;  // by epoch
};

TEST_F(ValidationAnswersTest, TheBestEpochsAreThoseOfTheSavedModel) {
    for (const bool fromFeatures : {false, true}) {
        m_answers.clear();
        auto c = fromFeatures ? frozen("features") : config("images");
        c.epochs = 3;
        const auto report = trainOrFail(c, listener());
        ASSERT_EQ(m_answers.size(), 3U);
        EXPECT_EQ(shownIn(1), shownIn(2));
        EXPECT_EQ(shownIn(1), shownIn(3));
        std::map<std::string, int> truths;
        auto predictor = inference::Predictor::open(c.runFolder, "cpu");
        ASSERT_TRUE(predictor) << predictor.error().sentence();
        for (const training::ValidationAnswer& answer : m_answers[report.bestEpoch]) {
            ++truths[answer.truth];
            EXPECT_EQ(fs::path(answer.path).parent_path().filename(), answer.truth);
            const auto said = predictor->predict(answer.path);
            ASSERT_TRUE(said) << said.error().sentence();
            EXPECT_EQ(said->front().name, answer.predicted);
            EXPECT_NEAR(said->front().probability, answer.probability, 1e-3);
        }
        ASSERT_EQ(truths.size(), 3U);
        for (const auto& [truth, count] : truths)
            EXPECT_EQ(count, 4) << truth;
    }
}

TEST_F(ValidationAnswersTest, ARunThatGoesOnShowsTheSameImages) {
    auto c = config("whole");
    trainOrFail(c, listener());
    const auto shown = shownIn(1);
    ASSERT_EQ(shown.size(), 12U);
    c.runFolder = path("stopped");
    trainUntil(c, {2, false, 1});
    m_answers.clear();
    runtime::RunControl control;
    const auto resumed = training::resumeRun(c.runFolder, listener(), control);
    ASSERT_TRUE(resumed) << resumed.error().sentence();
    EXPECT_FALSE(m_answers.contains(1));
    EXPECT_EQ(shownIn(2), shown);
    expectSameEnd("whole", "stopped");
    // The first epoch's too, though the run was stopped in between.
    const auto whole = training::openRun(path("whole"))->epochs;
    const auto stopped = training::openRun(path("stopped"))->epochs;
    ASSERT_EQ(stopped.size(), whole.size());
    for (std::size_t i = 0; i < whole.size(); ++i) {
        EXPECT_EQ(whole[i].recall.size(), 3U);
        EXPECT_EQ(stopped[i].recall, whole[i].recall);
    }
}

// An image that is gone is left out; the others are the same.
TEST_F(ValidationAnswersTest, WhatCannotBeReadIsLeftOut) {
    auto c = config("run");
    trainOrFail(c, listener());
    const auto before = shownIn(2);
    fs::remove(before[3]);
    m_answers.clear();
    training::ResumeOptions more;
    more.epochs = 3;
    runtime::RunControl control;
    const auto resumed = training::resumeRun(c.runFolder, listener(), control, more);
    ASSERT_TRUE(resumed) << resumed.error().sentence();
    auto rest = before;
    rest.erase(rest.begin() + 3);
    EXPECT_EQ(shownIn(3), rest);
}

TEST_F(ValidationAnswersTest, NothingChangesForWhoeverLooks) {
    trainOrFail(config("unseen"));
    trainOrFail(config("seen"), listener());
    EXPECT_EQ(m_answers.size(), 2U);
    expectSameEnd("unseen", "seen");
}

TEST_F(ValidationAnswersTest, TheRecallOfEachClassIsCountedFromThePredictions) {
    const auto report = trainOrFail(config("run"));
    const auto evaluation = training::readEvaluation(path("run")).value();
    std::map<int, std::pair<int, int>> counts;  // right, all
    for (const evaluation::Prediction& prediction : evaluation.predictions) {
        counts[prediction.truth].first += prediction.predicted == prediction.truth;
        ++counts[prediction.truth].second;
    }
    const auto epochs = training::openRun(path("run"))->epochs;
    const auto& recall = epochs[static_cast<std::size_t>(report.bestEpoch) - 1].recall;
    ASSERT_EQ(recall.size(), 3U);
    for (const auto& [index, count] : counts) {
        ASSERT_TRUE(recall[static_cast<std::size_t>(index)]);
        EXPECT_DOUBLE_EQ(*recall[static_cast<std::size_t>(index)], double(count.first) / count.second);
    }
}

}  // namespace

}  // namespace graft::test
