// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/runtime/Device.h"

#include <torch/cuda.h>

#include <algorithm>

#include "core/runtime/ThreadBudget.h"
#include "core/runtime/torch/CpuArithmetic.h"

namespace graft::runtime {

namespace {

Device cpuDevice() {
    const int threads = availableProcessors();
    std::string name = "CPU, " + std::to_string(threads) + (threads == 1 ? " thread" : " threads");
    switch (cpuArithmetic()) {
        case CpuArithmetic::Fast:
            break;
        case CpuArithmetic::Careful:
            name += ", slower: the virtual machine hides the processor's caches";
            break;
        case CpuArithmetic::Plain:
            name += ", much slower: without oneDNN";
            break;
    }
    return {Device::Kind::Cpu, 0, name};
}

}  // namespace

std::vector<Device> availableDevices() {
    std::vector<Device> devices{cpuDevice()};
    const auto count = torch::cuda::is_available() ? static_cast<int>(torch::cuda::device_count()) : 0;
    for (int index = 0; index < count; ++index) {
        devices.push_back({Device::Kind::Cuda, index, "GPU " + std::to_string(index) + " (CUDA)"});
    }
    return devices;
}

Result<Device> chooseDevice(const std::string& request) {
    const std::vector<Device> devices = availableDevices();
    if (request == "cpu") return devices.front();
    if (request == "auto") return devices.size() > 1 ? devices[1] : devices.front();

    int index = -1;
    if (request == "cuda") index = 0;
    const std::string digits = request.starts_with("cuda:") ? request.substr(5) : "";
    if (!digits.empty() && digits.size() < 4 &&
        std::ranges::all_of(digits, [](char c) { return c >= '0' && c <= '9'; })) {
        index = std::stoi(digits);
    }
    if (index < 0) {
        return fail(ErrorCode::InvalidArgument,
                    "Unknown device \"" + request + "\": it is auto, cpu, cuda or cuda:N.");
    }
    if (static_cast<std::size_t>(index) + 1 < devices.size())
        return devices[static_cast<std::size_t>(index) + 1];
    return fail(ErrorCode::DeviceUnavailable, "The device \"" + request + "\" is not here: LibTorch sees " +
                                                  std::to_string(devices.size() - 1) +
                                                  " CUDA devices. Use auto or cpu.");
}

}  // namespace graft::runtime
