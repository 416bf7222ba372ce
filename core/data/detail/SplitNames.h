// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <string>

#include "core/data/DatasetIndex.h"

namespace graft::data {

// Which split a folder of this name holds: train, Training, training_set, 01_train, train2017, seg_train,
// "Train ", images-train; val, valid, validation, dev, eval; test, testing, holdout. None for any other name.
std::optional<Split> splitOfName(const std::string& name);

}  // namespace graft::data
