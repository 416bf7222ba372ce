// SPDX-License-Identifier: GPL-3.0-or-later
// A network's forward pass as a TorchScript module.
#pragma once

#include <torch/csrc/jit/api/module.h>

#include <functional>

#include "core/backbones/detail/Network.h"

namespace graft::backbones {

// Traces forward with a picture of inputSize x inputSize. The module's tensors are the network's own, under
// their names; the batch size stays free. The network should be in evaluation mode. LibTorch's exceptions
// pass.
torch::jit::Module trace(const Network& network, int inputSize, c10::Device device,
                         const std::function<at::Tensor(const at::Tensor&)>& forward);

}  // namespace graft::backbones
