// SPDX-License-Identifier: GPL-3.0-or-later
// The time left, against sums by hand.
#include "core/training/detail/Estimate.h"

#include <gtest/gtest.h>

namespace graft::test {

namespace {

using training::Estimate;

TEST(EstimateTest, EpochsThatAreAlike) {
    Estimate estimate({.epochs = 10, .trainBatches = 20, .validationBatches = 5, .fillingEpochs = 0});
    estimate.trained(1, 2.0, 1.5);
    // 19 batches, a validation that is taken to cost as much a batch, and nine whole epochs.
    EXPECT_DOUBLE_EQ(estimate.secondsLeft(1, 1), 19 * 2.0 + 5 * 2.0 + 9 * (20 * 2.0 + 5 * 2.0));
    estimate.validated(1, 1.0);
    EXPECT_DOUBLE_EQ(estimate.secondsLeft(2, 0), 20 * 2.0 + 5 * 1.0 + 8 * (20 * 2.0 + 5 * 1.0));
    EXPECT_DOUBLE_EQ(estimate.secondsLeft(10, 20), 5 * 1.0);
    EXPECT_DOUBLE_EQ(estimate.secondsLeft(10, 20, 4), 1.0);
    EXPECT_EQ(estimate.secondsLeft(10, 21, 6), 0) << "more than planned";
}

// Four epochs compute features, 96 read them: in the first one says minutes, not hours.
TEST(EstimateTest, EpochsThatReadTheirFeaturesAreShort) {
    Estimate estimate({.epochs = 100, .trainBatches = 50, .validationBatches = 10, .fillingEpochs = 4});
    estimate.trained(1, 1.0, 0.01);
    // Of the epochs that read, only the trained layers' time is known yet.
    EXPECT_NEAR(estimate.secondsLeft(1, 1), 49 + 10 + 3 * 50 + 96 * 50 * 0.01 + 99 * 10 * 0.01, 1e-9);
    estimate.validated(1, 0.5);
    estimate.trained(5, 0.02, 0.01);
    estimate.validated(5, 0.001);
    EXPECT_NEAR(estimate.secondsLeft(5, 1), 49 * 0.02 + 10 * 0.001 + 95 * (50 * 0.02 + 10 * 0.001), 1e-9);
}

// A run that goes on behind its filling epochs.
TEST(EstimateTest, OneThatGoesOnKnowsNothingOfTheFirstEpochs) {
    Estimate estimate({.epochs = 8, .trainBatches = 10, .validationBatches = 2, .fillingEpochs = 4});
    EXPECT_EQ(estimate.secondsLeft(6, 0), 0);
    estimate.trained(6, 0.1, 0.05);
    EXPECT_NEAR(estimate.secondsLeft(6, 1), 9 * 0.1 + 2 * 0.1 + 2 * (10 * 0.1 + 2 * 0.1), 1e-9);
}

// Fewer epochs than variants.
TEST(EstimateTest, ARunThatOnlyFills) {
    Estimate estimate({.epochs = 2, .trainBatches = 10, .validationBatches = 1, .fillingEpochs = 4});
    estimate.trained(1, 1.0, 0.1);
    EXPECT_NEAR(estimate.secondsLeft(1, 1), 9 + 1 + 10 + 0.1, 1e-9);
}

}  // namespace

}  // namespace graft::test
