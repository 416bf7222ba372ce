// SPDX-License-Identifier: GPL-3.0-or-later
// The answers to several views of an image (see detail/Views.h) as one.
#pragma once

#include <cstddef>

#include "core/inference/torch/ImageStream.h"

namespace graft::inference {

// Takes each image's views one behind another, all images' counted through, each with a logit for each class,
// and gives the sink one row for each image: the logarithms of the mean of the probabilities, which are
// logits of it. An image has an error where one of its views has; it has not-a-number where one of them is
// not finite.
Sink meanOfViews(std::size_t views, Sink sink);

}  // namespace graft::inference
