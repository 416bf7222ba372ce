// SPDX-License-Identifier: GPL-3.0-or-later
// Reading and writing weight files. Reading never runs code from the file, and a file is not
// believed: sizes are checked against the file, shapes against their product, before any allocation.
#pragma once

#include <string>

#include "core/base/Result.h"
#include "core/weights/StateDict.h"

namespace graft::weights {

// By content, not by name: safetensors, or PyTorch's .pth with a state dict, the zip archive or the older
// form. In a checkpoint the state dict is found (see StateDictChoice.h), and a "module.", "model." or
// "_orig_mod." before every name is taken off. A run's folder stands for its best model. Other files are
// refused with a sentence that says what they are.
// Errors: NotFound, Unreadable, BadFormat, UnsafeFile (a pickle that wants to call something).
Result<StateDict> readWeights(const std::string& path);

// The file that a path to weights stands for: RUN/model.safetensors for a run's folder that has one, else the
// path.
std::string weightFileAt(const std::string& path);

Result<StateDict> readSafetensors(const std::string& path);
Result<StateDict> readPth(const std::string& path);
Result<Metadata> readSafetensorsMetadata(const std::string& path);  // without the tensors

// Written aside, synced and renamed: the file is there whole or not at all. Errors: Unwritable.
Result<void> writeSafetensors(const std::string& path, const StateDict& dict);

}  // namespace graft::weights
