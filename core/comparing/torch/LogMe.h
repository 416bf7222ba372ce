// SPDX-License-Identifier: GPL-3.0-or-later
// LogME (You, Liu, Wang, Long 2021, "LogME: Practical Assessment of Pre-trained Models for Transfer
// Learning"): how well a Bayesian linear model explains the labels by the features, at the best of its two
// precisions.
#pragma once

#include <ATen/core/Tensor.h>

namespace graft::comparing {

// The log of the maximum evidence divided by the number of images, averaged over the classes, each against
// the rest (targets 0 and 1). features: N x d, float32 or float64; labels: N, int64, from 0 to classes - 1.
// The precisions are found by the fixed-point iteration of the article's longer version (You et al. 2022,
// "Ranking and Tuning Pre-trained Models", JMLR 23, algorithm 3), to the end.
double logMe(const at::Tensor& features, const at::Tensor& labels, int classes);

}  // namespace graft::comparing
