// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/data/DatasetIndex.h"

namespace graft::data {

// With how many words several names begin and end: leaves_train and leaves_test, train_png and test_png.
struct CommonWords {
    std::size_t first = 0;
    std::size_t last = 0;
};

// Which split a folder of this name holds: train, Training, training_set, 01_train, train2017, seg_train,
// "Train ", images-train; val, valid, validation, dev, eval; test, testing, holdout. None for any other name.
// The words that ignored counts do not count.
std::optional<Split> splitOfName(const std::string& name, const CommonWords& ignored = {});

// Which split a name begins or ends with, whatever else it says: train_cat, dog-val, trainA.
std::optional<Split> splitInName(const std::string& name);

// Whether it is a split's name and a single letter: trainA, test_b.
bool isLetteredSplit(const std::string& name);

// The word before the number, of parts and not of classes: "fold" for fold_3, "split" for Split 2. Empty for
// any other name.
std::string numberedPart(const std::string& name);

// None for a single name.
CommonWords commonWords(const std::vector<std::string>& names);

}  // namespace graft::data
