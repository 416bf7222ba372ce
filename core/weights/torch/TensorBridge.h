// SPDX-License-Identifier: GPL-3.0-or-later
// Between the plain tensors of weight files and LibTorch's.
#pragma once

#include <ATen/core/Tensor.h>

#include "core/weights/StateDict.h"

namespace graft::weights {

// Shares the bytes with data; types that LibTorch 1.13 does not have come as the next wider one that it has.
at::Tensor toTensor(const TensorData& data);

// A copy on the CPU, row-major.
TensorData fromTensor(const at::Tensor& tensor);

}  // namespace graft::weights
