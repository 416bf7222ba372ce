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
    const Message name(threads == 1 ? GRAFT_TEXT("CPU, {1} thread") : GRAFT_TEXT("CPU, {1} threads"),
                       threads);
    switch (cpuArithmetic()) {
        case CpuArithmetic::Fast:
            break;
        case CpuArithmetic::Careful:
            return {Device::Kind::Cpu,
                    0,
                    {GRAFT_TEXT("{1}, slower: the virtual machine hides the processor's caches"), name}};
        case CpuArithmetic::Plain:
            return {Device::Kind::Cpu, 0, {GRAFT_TEXT("{1}, much slower: without oneDNN"), name}};
    }
    return {Device::Kind::Cpu, 0, name};
}

}  // namespace

std::vector<Device> availableDevices() {
    std::vector<Device> devices{cpuDevice()};
    const auto count = torch::cuda::is_available() ? static_cast<int>(torch::cuda::device_count()) : 0;
    for (int index = 0; index < count; ++index) {
        devices.push_back({Device::Kind::Cuda, index, {GRAFT_TEXT("GPU {1} (CUDA)"), index}});
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
                    {GRAFT_TEXT("Unknown device \"{1}\": it is auto, cpu, cuda or cuda:N."), request});
    }
    if (static_cast<std::size_t>(index) + 1 < devices.size())
        return devices[static_cast<std::size_t>(index) + 1];
    return fail(
        ErrorCode::DeviceUnavailable,
        {GRAFT_TEXT("The device \"{1}\" is not here: LibTorch sees {2} CUDA devices. Use auto or cpu."),
         request, devices.size() - 1});
}

}  // namespace graft::runtime
