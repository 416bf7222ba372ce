// SPDX-License-Identifier: GPL-3.0-or-later
// What heads on given features answer to images that they have not seen.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

namespace graft::comparing {

// On the CPU; a row for each image.
struct FoldedFeatures {
    at::Tensor features;     // N x d, float32
    at::Tensor labels;       // N, int64, from 0 to classes - 1
    std::vector<int> folds;  // N: which of them an image is asked in, from 0
    int count = 0;           // of folds
    int classes = 0;
};

struct Answers {
    std::vector<bool> right;  // N
    double accuracy = 0;      // 0..1
    double logLoss = 0;       // mean cross-entropy, nats
    double l2 = 0;            // the median of those of the folds
};

// What a head, fitted to some of the rows, gives for others: logits, rows x classes. fold: of `asked`.
// Undefined: stopped.
using FitAndAsk = std::function<at::Tensor(int fold, const at::Tensor& learnt, const at::Tensor& asked)>;

// For each fold a head that is fitted to the others. Each of the two tensors that fit gets is a list of rows
// (int64). Empty: it was stopped.
std::optional<Answers> crossValidate(const FoldedFeatures& folded, const FitAndAsk& fit);

// Multinomial logistic regression (training/torch/HeadSolver), whose penalty is chosen for each fold anew
// within the others, unless it is given: nested cross-validation (Cawley, Talbot 2010), so that the choice
// makes the figure no better than it is. goesOn: false stops.
std::optional<Answers> crossValidateLinear(const FoldedFeatures& folded, std::uint64_t seed,
                                           const std::function<bool()>& goesOn,
                                           std::optional<double> l2 = std::nullopt);

}  // namespace graft::comparing
