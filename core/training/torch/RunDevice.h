// SPDX-License-Identifier: GPL-3.0-or-later
// Where a run calculates, and in which number type.
#pragma once

#include <c10/core/ScalarType.h>

#include <optional>

#include "core/base/Result.h"
#include "core/runtime/Device.h"
#include "core/settings/TrainConfig.h"
#include "core/training/detail/Decisions.h"

namespace graft::training {

struct RunDevice {
    runtime::Device device;
    std::optional<c10::ScalarType> mixedType;  // of mixed precision in the trained layers; none: float32
};

// What has been decided is followed, unless the settings name a device.
// Errors: DeviceUnavailable, InvalidArgument (an unknown device, or one that cannot do the precision).
Result<RunDevice> runDevice(const settings::TrainConfig& config, const std::optional<Decisions>& decided);

}  // namespace graft::training
