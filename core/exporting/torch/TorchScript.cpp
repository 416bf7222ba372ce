// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/exporting/torch/TorchScript.h"

#include <sstream>

#include "core/backbones/torch/Trace.h"

namespace graft::exporting {

std::string torchScriptOf(const backbones::Network& network, int inputSize) {
    std::ostringstream bytes;
    backbones::trace(network, inputSize, c10::kCPU, backbones::TraceFor::Export,
                     [&](const at::Tensor& images) { return network.forward(images); })
        .save(bytes);
    return std::move(bytes).str();
}

}  // namespace graft::exporting
