// SPDX-License-Identifier: GPL-3.0-or-later
// Which of a checkpoint's dictionaries is the state dict. Training programs keep it under many names, often
// beside an averaged copy (an exponential moving average, EMA) and an optimizer.
#pragma once

#include <string>
#include <vector>

#include "core/base/Result.h"
#include "core/weights/detail/Pickle.h"

namespace graft::weights {

struct StateDictChoice {
    const PickleValue* dict = nullptr;
    std::vector<Message> notes;  // what was chosen among several, as sentences
};

// A usual name wins (state_dict, model, net, ...), and of these the averaged copy, as timm loads them: it is
// what was published or evaluated. Else the only dictionary of tensors, else the one that has far more
// tensors than the others. Errors: BadFormat, naming the keys that are there and which of them look like
// state dicts.
Result<StateDictChoice> chooseStateDict(const PickleValue& root, const std::string& path);

}  // namespace graft::weights
