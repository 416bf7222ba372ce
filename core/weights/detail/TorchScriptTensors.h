// SPDX-License-Identifier: GPL-3.0-or-later
// The tensors of a TorchScript program, by the names of its state dict. Its code lies in other entries of the
// archive, which nobody reads.
#pragma once

#include <string>

#include "core/base/Result.h"
#include "core/weights/detail/Pickle.h"

namespace graft::weights {

// The tensors of the module that the document holds and of all modules in it ("layer1.0.conv1.weight"), as a
// dictionary that belongs to the document. Buffers that are not in Python's state dict are among them: the
// file does not tell. Errors: BadFormat.
Result<const PickleValue*> tensorsOfModule(PickleDocument& document, const std::string& path);

}  // namespace graft::weights
