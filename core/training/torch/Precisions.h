// SPDX-License-Identifier: GPL-3.0-or-later
// Which number types a run's precision stands for on a device.
#pragma once

#include <c10/core/Device.h>
#include <c10/core/ScalarType.h>

#include <optional>

#include "core/base/Result.h"
#include "core/settings/TrainConfig.h"

namespace graft::training {

// bfloat16 convolutions are faster than float32 ones here: AVX512-BF16, AMX, or a GPU.
bool hasFastBFloat16(c10::Device device);

// For mixed precision in the trained layers; none: float32.
// Errors: InvalidArgument where the device cannot do what the precision asks for.
Result<std::optional<c10::ScalarType>> mixedPrecisionType(settings::Precision precision, c10::Device device);

// For the frozen layers that fill the feature cache. A cache in float32 is filled in float32.
c10::ScalarType frozenType(const settings::TrainConfig& config, c10::Device device);

}  // namespace graft::training
