// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/data/DatasetIndex.h"

namespace graft::data {

// Which split a folder of this name holds: train, Training, training_set, 01_train, train2017, seg_train,
// "Train ", images-train; val, valid, validation, dev, eval; test, testing, holdout. None for any other name.
// The first ignoredWords words do not count.
std::optional<Split> splitOfName(const std::string& name, std::size_t ignoredWords = 0);

// Which split a name begins or ends with, whatever else it says: train_cat, dog-val, trainA.
std::optional<Split> splitInName(const std::string& name);

// With how many words all of these names begin, as in leaves_train and leaves_test; 0 for a single name.
std::size_t commonWords(const std::vector<std::string>& names);

}  // namespace graft::data
