// SPDX-License-Identifier: GPL-3.0-or-later
// Outputs.h for tensors.
#pragma once

#include <ATen/core/Tensor.h>

#include "core/backbones/Outputs.h"

namespace graft::backbones {

// What the network gives (N x count) as a logit for each class, N x classes.
at::Tensor classLogits(const at::Tensor& given, const Outputs& outputs);

// The class that is decided for of what the network gives: N, int64.
at::Tensor decidedClasses(const at::Tensor& given, const Outputs& outputs);

}  // namespace graft::backbones
