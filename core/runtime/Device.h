// SPDX-License-Identifier: GPL-3.0-or-later
// Where the arithmetic runs.
#pragma once

#include <string>
#include <vector>

#include "core/base/Result.h"

namespace graft::runtime {

struct Device {
    enum class Kind { Cpu, Cuda };
    Kind kind = Kind::Cpu;
    int index = 0;  // which GPU
    Message name;   // as a person knows it: "CPU, 2 threads", "NVIDIA H200"

    bool isCuda() const { return kind == Kind::Cuda; }
};

// All devices that LibTorch can use here, the CPU first.
std::vector<Device> availableDevices();

// "auto" (CUDA if there is any, else the CPU), "cpu", "cuda", "cuda:1".
Result<Device> chooseDevice(const std::string& request);

}  // namespace graft::runtime
