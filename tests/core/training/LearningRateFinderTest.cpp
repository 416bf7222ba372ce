// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/training/LearningRateFinder.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>

#include "tests/support/TestFiles.h"

namespace graft::test {

namespace {

using training::LearningRateFinder;
using training::RateAndLoss;

std::vector<RateAndLoss> curveOf(const std::vector<double>& losses) {
    std::vector<RateAndLoss> curve;
    for (std::size_t i = 0; i < losses.size(); ++i)
        curve.push_back({std::pow(10, static_cast<double>(i) - 9), losses[i]});
    return curve;
}

TEST(LearningRateFinderTest, TheRatesRiseByOneFactor) {
    LearningRateFinder finder({1e-4, 1, 4, 0, 4});
    std::vector<double> rates;
    while (const auto rate = finder.nextRate()) {
        rates.push_back(*rate);
        finder.add(1);
    }
    ASSERT_EQ(rates.size(), 4U);
    for (std::size_t i = 0; i < rates.size(); ++i)
        EXPECT_NEAR(rates[i], std::pow(10, static_cast<double>(i) - 4), 1e-15);
    EXPECT_FALSE(finder.hasDiverged());
    finder.add(1);  // none was asked for
    EXPECT_EQ(finder.curve().size(), 4U);

    LearningRateFinder usual;
    EXPECT_DOUBLE_EQ(*usual.nextRate(), 1e-7);
    usual.add(1);
    EXPECT_NEAR(*usual.nextRate() / 1e-7, std::pow(10, 0.08), 1e-12);  // a hundredth of eight decades
}

TEST(LearningRateFinderTest, TheSmoothedLossHasItsSizeFromTheFirstBatchOn) {
    LearningRateFinder finder({1e-4, 1, 100, 0.5, 4});
    for (const double loss : {4.0, 1.0, 2.0})
        finder.add(loss);
    EXPECT_DOUBLE_EQ(finder.curve()[0].loss, 4);
    EXPECT_DOUBLE_EQ(finder.curve()[1].loss, (2 * 1.0 + 4) / 3);
    EXPECT_DOUBLE_EQ(finder.curve()[2].loss, (4 * 2.0 + 2 * 1 + 4) / 7);
}

TEST(LearningRateFinderTest, ItEndsWhereTheLossIsFourTimesTheBest) {
    LearningRateFinder finder({1e-4, 1, 100, 0, 4});
    for (const double loss : {3.0, 2.0, 1.0, 4.0}) {
        finder.add(loss);
        EXPECT_FALSE(finder.hasDiverged());
    }
    finder.add(4.001);
    EXPECT_TRUE(finder.hasDiverged());
    EXPECT_FALSE(finder.nextRate());
    EXPECT_EQ(finder.curve().size(), 5U);
}

TEST(LearningRateFinderTest, ALossThatIsNotFiniteEndsItAndIsNotDrawn) {
    for (const double loss :
         {std::numeric_limits<double>::infinity(), std::numeric_limits<double>::quiet_NaN()}) {
        LearningRateFinder finder;
        finder.add(1);
        finder.add(loss);
        EXPECT_TRUE(finder.hasDiverged());
        EXPECT_FALSE(finder.nextRate());
        EXPECT_EQ(finder.curve().size(), 1U);
        EXPECT_FALSE(finder.valley());
        EXPECT_FALSE(finder.steepest());
    }
}

// A loss that falls along a logistic curve around 1e-3 falls fastest there.
TEST(LearningRateFinderTest, TheSteepestIsTheMiddleOfTheFall) {
    LearningRateFinder finder({1e-7, 10, 160, 0, 4});
    while (const auto rate = finder.nextRate())
        finder.add(2 - 1 / (1 + std::exp(-4 * (std::log10(*rate) + 3))));
    ASSERT_TRUE(finder.steepest());
    EXPECT_NEAR(std::log10(*finder.steepest()), -3, 0.05 + 1e-9);  // a piece of the curve
    // 139 points are read, from the 16th on, and each is lower than the one before: 46 + 23 - 1 behind the
    // 16th.
    ASSERT_TRUE(finder.valley());
    EXPECT_NEAR(std::log10(*finder.valley()), -7 + 0.05 * 84, 1e-9);
}

TEST(LearningRateFinderTest, TheValleyByHand) {
    using training::valleyOf;
    // Nine points descend from 1e-8 on and end at 1e0: the middle of the second third.
    EXPECT_DOUBLE_EQ(*valleyOf(curveOf({5, 9, 8, 7, 6, 5, 4, 3, 2, 1, 3, 8})), 1e-5);
    // A loss that rises in between is no end of it.
    EXPECT_DOUBLE_EQ(*valleyOf(curveOf({5, 9, 8, 7, 9.5, 6, 5, 4, 3, 2, 1, 3})), 1e-4);
    // Of two that are as long, the first; equal losses are no descent.
    EXPECT_DOUBLE_EQ(*valleyOf(curveOf({9, 9, 9, 3, 2, 1, 9, 3, 2, 1})), 1e-7);
    EXPECT_DOUBLE_EQ(*valleyOf(curveOf({2, 1})), 1e-9);
    EXPECT_FALSE(valleyOf(curveOf({1, 2, 3})));
    EXPECT_FALSE(valleyOf(curveOf({1, 1, 1})));
    EXPECT_FALSE(valleyOf({}));
    EXPECT_FALSE(training::steepestOf(curveOf({1, 1, 2})));
    EXPECT_FALSE(training::steepestOf(curveOf({1})));
}

TEST(LearningRateFinderTest, ARateIsSaidWithTwoDigits) {
    using training::twoDigits;
    EXPECT_EQ(twoDigits(0.0031622776601683794), 0.0032);
    EXPECT_EQ(twoDigits(1.4454397707459286e-05), 1.4e-05);
    EXPECT_EQ(twoDigits(0.0996), 0.1);
    EXPECT_EQ(twoDigits(5), 5.0);
}

TEST(LearningRateFinderTest, NothingIsSuggestedWhereNothingIsLearnt) {
    LearningRateFinder finder;
    while (const auto rate = finder.nextRate())
        finder.add(1 + *rate / 100);
    EXPECT_FALSE(finder.valley());
    EXPECT_FALSE(finder.steepest());
}

TEST(LearningRateFinderTest, IsFastais) {
    const auto sweeps = nlohmann::json::parse(runPython("finder_reference.py", {}));
    ASSERT_EQ(sweeps.size(), 5U);
    for (const auto& sweep : sweeps) {
        LearningRateFinder finder({1e-7, 10, sweep.at("count").get<std::size_t>(), 0.98, 4});
        const auto losses = sweep.at("losses").get<std::vector<double>>();
        std::size_t next = 0;
        while (finder.nextRate())
            finder.add(losses.at(next++));
        const auto smooth = sweep.at("smooth").get<std::vector<double>>();
        ASSERT_EQ(finder.curve().size(), smooth.size());
        for (std::size_t i = 0; i < smooth.size(); ++i)
            EXPECT_NEAR(finder.curve()[i].loss, smooth[i], 1e-9 * smooth[i]) << i;
        ASSERT_TRUE(finder.valley() && finder.steepest());
        EXPECT_NEAR(*finder.valley() / sweep.at("valley").get<double>(), 1, 1e-9);
        EXPECT_NEAR(*finder.steepest() / sweep.at("steepest").get<double>(), 1, 1e-9);
    }
}

}  // namespace

}  // namespace graft::test
