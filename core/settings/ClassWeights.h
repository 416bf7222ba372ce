// SPDX-License-Identifier: GPL-3.0-or-later
// How much each class counts in the loss, where some have many images and others few.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "core/base/Result.h"
#include "core/settings/TrainConfig.h"

namespace graft::settings {

inline constexpr double kEffectiveBeta = 0.999;
inline constexpr const char* kWeightsByHand = "loss.weights_by_hand";

// "1,2.5,1"; empty where that is no list of finite numbers above 0.
std::optional<std::vector<double>> parseWeights(const std::string& text);

// n / (k n_c) for n images in k classes, n_c of them in class c, as scikit-learn's
// compute_class_weight("balanced"). A class without images has the weight 0 and is not counted in k.
std::vector<double> balancedWeights(const std::vector<std::size_t>& counts);

// (1 - beta) / (1 - beta^n_c), scaled so that the weights of the k classes with images add up to k: the
// inverse of the effective number of images (Cui et al., Class-Balanced Loss Based on Effective Number of
// Samples, 2019). beta: from 0 to below 1.
std::vector<double> effectiveWeights(const std::vector<std::size_t>& counts, double beta);

// What config says, in the order of the classes; empty where all count the same. counts: training images of
// each. Errors: InvalidArgument with the setting's key: by hand, and not one for each class.
Result<std::vector<double>> classWeights(const TrainConfig& config, const std::vector<std::string>& classes,
                                         const std::vector<std::size_t>& counts);

}  // namespace graft::settings
