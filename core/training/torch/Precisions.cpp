// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/training/torch/Precisions.h"

#include "core/runtime/torch/CpuArithmetic.h"

namespace graft::training {

bool hasFastBFloat16(c10::Device device) {
    if (device.is_cuda()) return true;
    if (runtime::cpuArithmetic() != runtime::CpuArithmetic::Fast) return false;
#if defined(__x86_64__)
    return __builtin_cpu_supports("avx512bf16") != 0;
#else
    return false;
#endif
}

Result<std::optional<c10::ScalarType>> mixedPrecisionType(settings::Precision precision, c10::Device device) {
    if (precision == settings::Precision::Float16) {
        if (device.is_cuda()) return c10::kHalf;
        return fail(ErrorCode::InvalidArgument,
                    GRAFT_TEXT("The precision float16 needs a GPU, and this run is on the CPU; choose auto, "
                               "float32 or bfloat16."));
    }
    if (precision == settings::Precision::BFloat16) {
        if (hasFastBFloat16(device)) return c10::kBFloat16;
        return fail(ErrorCode::InvalidArgument,
                    GRAFT_TEXT("This processor has no instructions for bfloat16, which would be slower than "
                               "float32; choose the precision auto or float32."));
    }
    return std::nullopt;
}

c10::ScalarType frozenType(const settings::TrainConfig& config, c10::Device device) {
    if (!config.cache.halfPrecision || config.precision == settings::Precision::Float32) return c10::kFloat;
    if (config.precision == settings::Precision::Float16) return c10::kHalf;
    return hasFastBFloat16(device) ? c10::kBFloat16 : c10::kFloat;
}

}  // namespace graft::training
