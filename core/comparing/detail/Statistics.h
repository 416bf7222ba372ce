// SPDX-License-Identifier: GPL-3.0-or-later
// How sure a share of right answers is, and the difference of two such shares on the same images.
#pragma once

#include <cstddef>
#include <vector>

#include "core/comparing/Comparison.h"

namespace graft::comparing {

// What a standard normal variable stays within, on both sides, with this probability (0 < confidence < 1):
// 1.96 for 0.95.
double normalBound(double confidence);

// The score interval for a share of n (Wilson 1927), as Brown, Cai, DasGupta (2001) recommend it also for
// few: never beyond 0 and 1, and not empty where all are right. share: 0..1. n > 0.
Interval wilson(double share, std::size_t n, double confidence);

// Of paired answers to the same images: first's share of right ones less second's, by Newcombe (1998,
// "Improved confidence intervals for the difference between binomial proportions based on paired data"),
// method 10. Both of one size, not empty.
struct Difference {
    double value = 0;
    Interval interval;
};
Difference pairedDifference(const std::vector<bool>& first, const std::vector<bool>& second,
                            double confidence);

}  // namespace graft::comparing
