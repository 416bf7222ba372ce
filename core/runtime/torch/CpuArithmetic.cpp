// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/runtime/torch/CpuArithmetic.h"

#include <ATen/Context.h>
#include <dlfcn.h>
#include <torch/types.h>
#include <torch/utils.h>
#include <torch/version.h>

#include <array>
#include <cstdlib>
#include <cstring>
#if defined(__x86_64__)
#include <cpuid.h>
#endif

namespace graft::runtime {

namespace {

// An AMD processor, so that oneDNN asks it by the leaf for "Cache Topology Information", and gets nothing.
// The oneDNN of LibTorch 1 does not ask.
bool hidesItsCaches() {
#if defined(__x86_64__) && TORCH_VERSION_MAJOR >= 2
    unsigned a = 0;
    unsigned b = 0;
    unsigned c = 0;
    unsigned d = 0;
    if (__get_cpuid(0, &a, &b, &c, &d) == 0) return false;
    std::array<char, 12> vendor{};
    std::memcpy(vendor.data(), &b, 4);
    std::memcpy(vendor.data() + 4, &d, 4);
    std::memcpy(vendor.data() + 8, &c, 4);
    if (std::memcmp(vendor.data(), "AuthenticAMD", vendor.size()) != 0) return false;
    constexpr unsigned kCacheTopology = 0x8000001d;
    const bool has = __get_cpuid_count(kCacheTopology, 0, &a, &b, &c, &d) != 0;
    return !has || (a & 0x1fU) == 0;  // the type of the first cache: 0 is none
#else
    return false;
#endif
}

// By its own function, where LibTorch is linked with a library of its own: the variable is read when that is
// loaded, and is set for the programs that are started from here. Whoever set it knows better.
void holdOneDnnBack() {
    constexpr const char* kVariable = "ONEDNN_MAX_CPU_ISA";
    if (std::getenv(kVariable) != nullptr) return;
    setenv(kVariable, "SSE41", 0);
    using SetMaxCpuIsa = int (*)(int);
    constexpr int kSse41 = 1;  // dnnl_cpu_isa_sse41
    if (const auto set = reinterpret_cast<SetMaxCpuIsa>(dlsym(RTLD_DEFAULT, "dnnl_set_max_cpu_isa")))
        set(kSse41);
}

struct Shape {
    std::int64_t inputs, outputs, side, kernel, stride, groups;
};

// Numbers of channels that fill no block of 8 or 16, and a stride that 1 x 1 convolutions treat by
// themselves.
constexpr std::array kAwkward{Shape{58, 58, 9, 3, 1, 1},  Shape{116, 64, 7, 3, 1, 1},
                              Shape{16, 58, 15, 1, 1, 1}, Shape{256, 512, 4, 1, 2, 1},
                              Shape{58, 58, 9, 3, 2, 58}, Shape{3, 24, 15, 7, 2, 1}};

at::Tensor numbers(at::IntArrayRef sizes) {
    const std::int64_t count = c10::multiply_integers(sizes);
    return at::sin(at::arange(count, torch::kFloat).mul_(1.7)).reshape(sizes);
}

bool isRight(const Shape& shape) {
    const at::Tensor images = numbers({2, shape.inputs, shape.side, shape.side});
    const at::Tensor weight =
        numbers({shape.outputs, shape.inputs / shape.groups, shape.kernel, shape.kernel});
    const auto run = [&](at::MemoryFormat format, c10::ScalarType type) {
        return at::conv2d(images.to(type).contiguous(format), weight.to(type).contiguous(format), {},
                          shape.stride, shape.kernel / 2, 1, shape.groups);
    };
    const at::Tensor expected = run(at::MemoryFormat::Contiguous, torch::kDouble);  // which oneDNN has not
    for (const auto format : {at::MemoryFormat::Contiguous, at::MemoryFormat::ChannelsLast}) {
        const double difference = (run(format, torch::kFloat) - expected).norm().item<double>();
        if (!(difference < 1e-4 * expected.norm().item<double>())) return false;
    }
    return true;
}

CpuArithmetic decide() {
    if (!at::globalContext().hasMKLDNN() || !at::globalContext().userEnabledMkldnn())
        return CpuArithmetic::Plain;
    CpuArithmetic arithmetic = CpuArithmetic::Fast;
    if (hidesItsCaches()) {
        arithmetic = CpuArithmetic::Careful;
        holdOneDnnBack();
    }
    const torch::NoGradGuard noGradients;
    for (const Shape& shape : kAwkward) {
        if (isRight(shape)) continue;
        at::globalContext().setUserEnabledMkldnn(false);
        return CpuArithmetic::Plain;
    }
    return arithmetic;
}

}  // namespace

CpuArithmetic cpuArithmetic() {
    static const CpuArithmetic arithmetic = decide();
    return arithmetic;
}

std::string calculatorName() {
    std::string name = "cpu";
#if defined(__x86_64__)
    if (__builtin_cpu_supports("avx2") != 0) name += " avx2";
    if (__builtin_cpu_supports("avx512f") != 0) name += " avx512f";
    if (__builtin_cpu_supports("avx512bf16") != 0) name += " avx512bf16";
#endif
    const CpuArithmetic arithmetic = cpuArithmetic();
    if (arithmetic == CpuArithmetic::Careful) name += " careful";
    if (arithmetic == CpuArithmetic::Plain) name += " plain";
    return name;
}

}  // namespace graft::runtime
