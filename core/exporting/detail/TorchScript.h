// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

#include "core/backbones/detail/Network.h"

namespace graft::exporting {

// Traces the network in evaluation mode and saves it with torchvision's parameter names, so that Python's
// torch.jit.load opens it and its state_dict() fits torchvision's model. The batch size stays free.
// LibTorch's exceptions pass.
void saveTorchScript(const backbones::Network& network, int inputSize, const std::string& file);

}  // namespace graft::exporting
