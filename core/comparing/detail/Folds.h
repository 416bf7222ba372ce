// SPDX-License-Identifier: GPL-3.0-or-later
// Which training images are looked at, and in which fold of the cross-validation each lies.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "core/base/Result.h"
#include "core/data/DatasetIndex.h"

namespace graft::comparing {

struct FoldedImage {
    std::size_t sample = 0;  // of the data set's
    int label = 0;           // of Folds::classes
    int fold = 0;
};

struct Folds {
    std::vector<FoldedImage> images;  // in the data set's order
    std::vector<std::string> classes;
    std::vector<std::string> classesLeftOut;  // one image, or none: nothing to learn it from in its own fold
    int count = 0;
};

// Stratified: each fold has its share of each class, within one image (two where the same image stands in
// several classes). Copies of an image within its class are one; the same image in other classes is in the
// same fold. Of more than mostImages so many are drawn, by class. Errors: InvalidArgument (no two classes
// have two images).
Result<Folds> makeFolds(const data::DatasetIndex& dataset, int folds, std::size_t mostImages,
                        std::uint64_t seed);

}  // namespace graft::comparing
