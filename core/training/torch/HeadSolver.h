// SPDX-License-Identifier: GPL-3.0-or-later
// The best linear head for given features: multinomial logistic regression, which is convex, solved to its
// optimum by L-BFGS (Nocedal, Wright, "Numerical Optimization", 7.2). The same on every call: nothing is
// drawn but the folds.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

namespace graft::training {

// On the CPU. N rows: a row for each variant of each training image.
struct HeadProblem {
    at::Tensor features;  // N x d, float32
    at::Tensor labels;    // N, int64, from 0 to classes - 1
    at::Tensor images;    // N, int64: what a row is a variant of; variants are never divided between folds
    int classes = 2;
    bool hasBias = true;
    std::vector<double> classWeights = {};  // how much a row of each class counts; empty: all the same
};

struct HeadSolution {
    at::Tensor weight;  // classes x d, float32
    at::Tensor bias;    // classes, float32; undefined where there is none
    double l2 = 0;      // that was used
    int iterations = 0;
    double loss = 0;      // (weighted) mean cross-entropy of all rows, without the penalty
    double accuracy = 0;  // 0..1
    double gradient = 0;  // the largest part of the gradient at the end: how near it is to the optimum
};

struct HeadSearch {
    // Half of it times the squared norm of the weights (of standardised features; never of the bias) is added
    // to the mean cross-entropy. Empty: what gives the lowest mean cross-entropy in the folds.
    std::optional<double> l2;
    int folds = 5;  // no more than the smallest class has images; at least 2, otherwise no search
    std::uint64_t seed = 1;
    // Standardised features stay in memory where they take no more; else they are made again at each step, an
    // eighth of it at a time.
    std::int64_t keptBytes = std::int64_t{1} << 29;
    // false: stop. Called after each iteration of the last solution, and (iteration 0) between others.
    std::function<bool(int iteration, double loss, double accuracy)> goesOn;
};

// Empty: it was stopped.
std::optional<HeadSolution> solveHead(const HeadProblem& problem, const HeadSearch& search);

// What the search tries, from strong to weak.
std::vector<double> penaltiesTried();

}  // namespace graft::training
