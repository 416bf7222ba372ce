// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/exporting/detail/TorchScript.h"

#include "core/backbones/detail/Trace.h"

namespace graft::exporting {

void saveTorchScript(const backbones::Network& network, int inputSize, const std::string& file) {
    backbones::trace(network, inputSize, c10::kCPU, [&](const at::Tensor& images) {
        return network.forward(images);
    }).save(file);
}

}  // namespace graft::exporting
