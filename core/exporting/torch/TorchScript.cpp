// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/exporting/torch/TorchScript.h"

#include <sstream>

#include "core/backbones/torch/Trace.h"
#include "core/inference/detail/ModelClasses.h"

namespace graft::exporting {

std::string torchScriptOf(const backbones::Network& network, int inputSize,
                          const std::vector<std::string>& classes) {
    std::ostringstream bytes;
    backbones::trace(network, inputSize, c10::kCPU, backbones::TraceFor::Export,
                     [&](const at::Tensor& images) { return network.forward(images); })
        .save(bytes, {{inference::kClassesEntry, inference::classesText(classes)}});
    return std::move(bytes).str();
}

}  // namespace graft::exporting
