// SPDX-License-Identifier: GPL-3.0-or-later
// The few classes and functions that a state dict may name, and what is said about all others.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/base/Result.h"
#include "core/weights/StateDict.h"

namespace graft::weights {

// "module.name", as it stands in the file. None of these is run: the reader makes their results itself.
enum class AllowedName { OrderedDict, RebuildTensor, RebuildParameter, Size, StorageType };
std::optional<AllowedName> allowedName(std::string_view global);
std::optional<DType> storageType(std::string_view global);

// Of TorchScript: a class that its own code declares, and the functions that only mark what kind of list or
// dictionary their first argument is.
bool isScriptClass(std::string_view global);
bool isScriptList(std::string_view global);

// Why this one is refused, naming it. wholeModel: it stands in a pickled Python model.
Error refusal(std::string_view global, bool wholeModel, const std::string& path);

}  // namespace graft::weights
