// SPDX-License-Identifier: GPL-3.0-or-later
// Numbers in a weight file that no network can calculate with: nan, infinity, what is infinite as float32,
// and variances below 0. Such files are published now and then, and every answer of theirs is nan.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/base/Error.h"
#include "core/weights/StateDict.h"

namespace graft::weights {

struct BadNumbers {
    Message what;    // "The tensor "conv1.weight" holds nan in 3 of its 64 numbers, the first at [0, 1, 2]."
    Message remedy;  // a sentence

    base::Error error(const std::string& path) const;  // BadFormat
};

// Nothing where all numbers are good. A tensor of whole numbers always is.
std::optional<BadNumbers> badNumbers(std::string_view name, const TensorData& tensor);

}  // namespace graft::weights
