// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <vector>

#include "core/backbones/torch/Network.h"

namespace graft::exporting {

// The bytes of a TorchScript file: the network traced in evaluation mode with torchvision's parameter names,
// so that Python's torch.jit.load opens it and its state_dict() fits torchvision's model. The batch size
// stays free. The classes, in the order of the outputs, are an extra file of the archive. Bytes rather than a
// file, since LibTorch's writer ends the program where a disk is full. LibTorch's exceptions pass.
std::string torchScriptOf(const backbones::Network& network, int inputSize,
                          const std::vector<std::string>& classes);

}  // namespace graft::exporting
