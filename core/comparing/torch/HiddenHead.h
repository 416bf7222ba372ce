// SPDX-License-Identifier: GPL-3.0-or-later
// The head with a hidden layer as a candidate beside the linear one.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>

#include "core/comparing/torch/CrossValidation.h"

namespace graft::comparing {

// As a run trains it: backbones::HeadOptions' own sizes on the features as they are, AdamW with a learning
// rate of 0.001, batches of 32. At least 30 epochs and 600 steps. goesOn: false stops.
std::optional<Answers> crossValidateHidden(const FoldedFeatures& folded, std::uint64_t seed,
                                           const std::function<bool()>& goesOn);

// What it has to learn, beside the backbone's.
std::int64_t hiddenParameters(std::int64_t features, int classes);

}  // namespace graft::comparing
