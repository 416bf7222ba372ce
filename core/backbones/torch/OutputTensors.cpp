// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/backbones/torch/OutputTensors.h"

#include <torch/types.h>

#include <cmath>

namespace graft::backbones {

at::Tensor classLogits(const at::Tensor& given, const Outputs& outputs) {
    if (outputs.kind == OutputKind::Softmax) return given;
    return at::cat({at::zeros_like(given), given}, 1);
}

at::Tensor decidedClasses(const at::Tensor& given, const Outputs& outputs) {
    if (outputs.kind == OutputKind::Softmax) return given.argmax(1);
    // sigmoid(x) > t
    return given.select(1, 0).gt(std::log(outputs.threshold / (1 - outputs.threshold))).to(torch::kLong);
}

}  // namespace graft::backbones
