// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <c10/core/Device.h>

#include "core/runtime/Device.h"

namespace graft::runtime {

inline c10::Device torchDevice(const Device& device) {
    return device.kind == Device::Kind::Cuda
               ? c10::Device(c10::kCUDA, static_cast<c10::DeviceIndex>(device.index))
               : c10::Device(c10::kCPU);
}

}  // namespace graft::runtime
