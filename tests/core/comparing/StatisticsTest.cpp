// SPDX-License-Identifier: GPL-3.0-or-later
// Intervals against SciPy and published examples, folds against what is asked of them, groups by hand.
#include "core/comparing/detail/Statistics.h"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "core/base/Seed.h"
#include "core/comparing/detail/Folds.h"
#include "tests/support/TestFiles.h"

namespace graft::test {

namespace {

using comparing::Candidate;
using nlohmann::json;

json reference(const std::vector<std::string>& arguments) {
    return json::parse(runPython("comparing_reference.py", arguments));
}

// Answers with so many right by both, by one alone, and by none.
comparing::Difference difference(int both, int first, int second, int none, double confidence) {
    std::vector<bool> one;
    std::vector<bool> two;
    const auto add = [&](int count, bool a, bool b) {
        one.insert(one.end(), static_cast<std::size_t>(count), a);
        two.insert(two.end(), static_cast<std::size_t>(count), b);
    };
    add(both, true, true);
    add(first, true, false);
    add(second, false, true);
    add(none, false, false);
    return comparing::pairedDifference(one, two, confidence);
}

TEST(StatisticsTest, WilsonsIntervalIsWhatAScoreTestDoesNotReject) {
    const std::vector<std::pair<double, std::size_t>> cases{{0.9, 10},    {0.5, 7},  {0.963, 244},
                                                            {0.02, 1000}, {1.0, 20}, {0.0, 5}};
    for (const auto& [share, n] : cases) {
        for (const double confidence : {0.9, 0.95, 0.99}) {
            const json expected =
                reference({"wilson", std::to_string(share), std::to_string(n), std::to_string(confidence)});
            const auto interval = comparing::wilson(share, n, confidence);
            EXPECT_NEAR(interval.low, expected.at("low"), 1e-8) << share << " of " << n;
            EXPECT_NEAR(interval.high, expected.at("high"), 1e-8) << share << " of " << n;
        }
    }
}

TEST(StatisticsTest, PairedDifferencesAreNewcombes) {
    const std::vector<std::array<int, 4>> cases{{200, 12, 3, 29}, {10, 0, 0, 0}, {0, 5, 5, 0},
                                                {50, 7, 0, 1},    {3, 20, 1, 9}, {230, 6, 6, 2}};
    for (const auto& [both, first, second, none] : cases) {
        const json expected = reference({"paired", std::to_string(both), std::to_string(first),
                                         std::to_string(second), std::to_string(none), "0.95"});
        const auto found = difference(both, first, second, none, 0.95);
        EXPECT_NEAR(found.value, expected.at("value"), 1e-12);
        EXPECT_NEAR(found.interval.low, expected.at("low"), 1e-8) << both << " " << first;
        EXPECT_NEAR(found.interval.high, expected.at("high"), 1e-8) << both << " " << first;
    }
}

// Altman et al., "Statistics with Confidence" (2000), table 6.2, and Bentur et al. 2009 as Fagerland,
// Lydersen, Laake (2014) give it.
TEST(StatisticsTest, PairedDifferencesAreThoseInPrint) {
    const auto altman = difference(14, 5, 0, 22, 0.95);
    EXPECT_NEAR(altman.value, 0.122, 5e-4);
    EXPECT_NEAR(altman.interval.low, 0.011, 5e-4);
    EXPECT_NEAR(altman.interval.high, 0.226, 5e-4);
    const auto bentur = difference(1, 1, 7, 12, 0.95);
    EXPECT_NEAR(bentur.interval.low, -0.507, 5e-4);
    EXPECT_NEAR(bentur.interval.high, -0.026, 5e-4);
}

Candidate candidate(const std::string& name, double accuracy, double low, double high, double loss = 0) {
    Candidate one;
    one.entrant = {name, "", name};
    one.score.accuracy = accuracy;
    one.score.interval = {low, high};
    one.score.logLoss = loss;
    return one;
}

TEST(RankTest, WhatOverlapsTheFirstOfAGroupIsEqualToIt) {
    std::vector<Candidate> all{candidate("c", 0.80, 0.75, 0.85), candidate("a", 0.95, 0.90, 0.98),
                               candidate("d", 0.79, 0.60, 0.83), candidate("b", 0.90, 0.84, 0.93),
                               candidate("e", 0.50, 0.40, 0.60)};
    comparing::rank(all);
    std::vector<std::pair<std::string, int>> found;
    for (const Candidate& one : all)
        found.emplace_back(one.entrant.backbone, one.group);
    // b overlaps a; c overlaps b, but not a; e touches d, but not c.
    EXPECT_EQ(found,
              (std::vector<std::pair<std::string, int>>{{"a", 1}, {"b", 1}, {"c", 2}, {"d", 2}, {"e", 3}}));
}

TEST(RankTest, OfTheSameAccuracyTheLessLossComesFirst) {
    std::vector<Candidate> all{candidate("a", 0.9, 0.8, 1, 0.4), candidate("b", 0.9, 0.8, 1, 0.3)};
    comparing::rank(all);
    EXPECT_EQ(all.front().entrant.backbone, "b");
}

TEST(RankTest, TheSentencesNameTheBestItsEqualsAndTheCheapestOfThem) {
    comparing::Comparison comparison;
    comparison.ranking = {candidate("resnet50", 0.95, 0.90, 0.98),
                          candidate("mobilenet_v2", 0.94, 0.89, 0.97),
                          candidate("alexnet", 0.60, 0.50, 0.70)};
    comparison.ranking[0].score.multiplyAdds = 4000;
    comparison.ranking[1].score.multiplyAdds = 300;
    comparison.ranking[2].score.multiplyAdds = 700;
    comparison.images = comparison.trainingImages = 100;
    comparing::rank(comparison.ranking);
    const auto sentences = comparing::sentencesOf(comparison);
    ASSERT_GE(sentences.size(), 2U);
    EXPECT_NE(sentences[0].english().find("ResNet-50 comes first: 95.0 % of 100"), std::string::npos)
        << sentences[0].english();
    EXPECT_NE(sentences[1].english().find("MobileNetV2; the cheapest of them is MobileNetV2"),
              std::string::npos)
        << sentences[1].english();
}

// counts: of each class; the content of an image is its number unless it is said.
data::DatasetIndex indexOf(const std::vector<int>& counts,
                           const std::map<std::size_t, std::string>& contents = {}) {
    data::DatasetIndex index;
    index.root = "/nowhere";
    for (std::size_t label = 0; label < counts.size(); ++label) {
        index.classes.push_back("class" + std::to_string(label));
        for (int i = 0; i < counts[label]; ++i) {
            const std::size_t number = index.samples.size();
            const auto content = contents.find(number);
            data::Sample sample;
            sample.path = std::to_string(number);
            sample.classIndex = static_cast<int>(label);
            sample.sha256 = content != contents.end() ? content->second : "content " + std::to_string(number);
            index.samples.push_back(sample);
        }
    }
    return index;
}

TEST(FoldsTest, EachFoldHasItsShareOfEachClass) {
    const auto index = indexOf({103, 57, 11, 3});
    const auto folds = comparing::makeFolds(index, 5, 1000, 1).value();
    EXPECT_EQ(folds.count, 5);
    EXPECT_EQ(folds.images.size(), 174U);
    std::vector<std::vector<int>> counts(5, std::vector<int>(4, 0));
    std::vector<int> totals(5, 0);
    for (const auto& image : folds.images) {
        ++counts[static_cast<std::size_t>(image.fold)][static_cast<std::size_t>(image.label)];
        ++totals[static_cast<std::size_t>(image.fold)];
    }
    for (std::size_t label = 0; label < 4; ++label) {
        const double share = std::vector<int>{103, 57, 11, 3}[label] / 5.0;
        for (const auto& fold : counts)
            EXPECT_LT(std::abs(fold[label] - share), 1.0) << label;
    }
    EXPECT_LE(std::ranges::max(totals) - std::ranges::min(totals), 1);
}

TEST(FoldsTest, CopiesAreOneAndTheSameImageInTwoClassesStaysInOneFold) {
    const auto index = indexOf({20, 20}, {{1, "content 0"}, {2, "content 0"}, {25, "content 7"}});
    for (std::uint64_t seed = 1; seed < 20; ++seed) {
        const auto folds = comparing::makeFolds(index, 5, 1000, seed).value();
        EXPECT_EQ(folds.images.size(), 38U);
        std::map<std::string, std::set<int>> foldsOf;
        for (const auto& image : folds.images)
            foldsOf[index.samples[image.sample].sha256].insert(image.fold);
        EXPECT_EQ(foldsOf.at("content 7").size(), 1U) << seed;
        EXPECT_EQ(foldsOf.size(), 37U);
    }
}

TEST(FoldsTest, SoManyAreDrawnByClassAndTheDrawIsTheSeeds) {
    const auto index = indexOf({800, 150, 50, 2});
    const auto folds = comparing::makeFolds(index, 5, 100, 3).value();
    std::vector<int> counts(4, 0);
    for (const auto& image : folds.images)
        ++counts[static_cast<std::size_t>(image.label)];
    EXPECT_EQ(counts, (std::vector<int>{80, 15, 5, 2}));
    const auto samplesOf = [&](std::uint64_t seed) {
        std::vector<std::size_t> samples;
        const auto drawn = comparing::makeFolds(index, 5, 100, seed);
        for (const auto& image : drawn.value().images)
            samples.push_back(image.sample);
        return samples;
    };
    EXPECT_EQ(samplesOf(3), samplesOf(3));
    EXPECT_NE(samplesOf(3), samplesOf(4));
}

TEST(FoldsTest, AClassWithOneImageIsLeftOutAndTwoClassesHaveToBeLeft) {
    auto index = indexOf({9, 1, 8, 3}, {{18, "same"}, {19, "same"}, {20, "same"}});
    const auto folds = comparing::makeFolds(index, 5, 1000, 1).value();
    EXPECT_EQ(folds.classesLeftOut, (std::vector<std::string>{"class1", "class3"}));
    EXPECT_EQ(folds.classes, (std::vector<std::string>{"class0", "class2"}));
    for (const auto& image : folds.images)
        EXPECT_EQ(index.samples[image.sample].classIndex, image.label == 0 ? 0 : 2);
    for (data::Sample& sample : index.samples) {
        if (sample.classIndex == 2) sample.split = data::Split::Validation;
    }
    const auto none = comparing::makeFolds(index, 5, 1000, 1);
    ASSERT_FALSE(none);
    EXPECT_EQ(none.error().code, ErrorCode::InvalidArgument);
}

}  // namespace

}  // namespace graft::test
