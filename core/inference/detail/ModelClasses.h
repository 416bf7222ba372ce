// SPDX-License-Identifier: GPL-3.0-or-later
// The names of a model's classes within the model's own file. The .json beside it is a text that anybody may
// edit, and classes in another order would give every answer another name without a word.
#pragma once

#include <string>
#include <vector>

#include "core/base/Result.h"
#include "core/inference/detail/Sidecar.h"

namespace graft::inference {

constexpr const char* kClassesKey = "graft_classes";         // in the metadata of safetensors
constexpr const char* kClassesEntry = "graft_classes.json";  // an extra file of a TorchScript archive

// What stands there: a JSON list, in the order of the outputs; what is no UTF-8 replaced as in the .json.
std::string classesText(const std::vector<std::string>& classes);

// No name of the one stands at another place in the other. A name that only one of them has was given to the
// class by hand, which a person may do.
bool isSameOrder(const std::vector<std::string>& classes, const std::vector<std::string>& others);

// The sidecar's classes against those within the model's file. Good for a model that names none: of older
// versions, of other programs, or of another kind than the sidecar says. Errors: BadFormat.
Result<void> checkOrder(const Sidecar& sidecar, const std::string& modelFile);

}  // namespace graft::inference
