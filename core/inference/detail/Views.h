// SPDX-License-Identifier: GPL-3.0-or-later
// Test-time augmentation: a model is asked about several views of an image, the image as it is and random
// variants of it, and its answer is the mean of the probabilities (Krizhevsky et al. 2012, "ImageNet
// Classification with Deep Convolutional Neural Networks", 4.1; fastai's Learner.tta).
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "core/base/Result.h"
#include "core/data/AugmentOptions.h"

namespace graft::inference {

struct Views {
    std::size_t count = 1;              // of an image; the first is the image as it is
    data::AugmentOptions augment = {};  // what the others are drawn with
    std::uint64_t seed = 0;
};

// Of one image's variants, which are those of data::augmentedVariants with this seed. It comes from the
// file's name: the same in every folder, and whatever other images there are.
std::uint64_t seedOfVariants(const Views& views, const std::string& imagePath);

// Views as the training of a run drew them. model: a run's folder, or the model in it. Of one view any model
// has enough. Errors: InvalidArgument (no run's; a run without augmentation), BadFormat, Unreadable.
Result<Views> viewsOf(const std::string& model, std::size_t count);

}  // namespace graft::inference
