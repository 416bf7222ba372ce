// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/backbones/torch/RandomSource.h"

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/Context.h>
#include <torch/types.h>
#include <torch/utils.h>

#include <cmath>
#include <utility>

namespace graft::backbones {

namespace {
at::Generator& current() {
    static thread_local at::Generator generator;
    return generator;
}
}  // namespace

at::Generator makeGenerator(c10::Device device, std::uint64_t seed) {
    // A GPU's generator has no header where LibTorch was built without CUDA; a copy of its default one has
    // all it needs.
    at::Generator generator = device.is_cpu() ? at::detail::createCPUGenerator(seed)
                                              : at::globalContext().defaultGenerator(device).clone();
    generator.set_current_seed(seed);
    return generator;
}

DrawFrom::DrawFrom(const at::Generator& generator) : m_previous(std::exchange(current(), generator)) {}

DrawFrom::~DrawFrom() {
    current() = std::move(m_previous);
}

at::Generator currentGenerator() {
    return current();
}

void drawNormal(const at::Tensor& weights, double deviation) {
    const torch::NoGradGuard noGradients;
    weights.normal_(0.0, deviation, currentGenerator());
}

void drawHe(const at::Tensor& weights, bool fanOut) {
    const std::int64_t field = weights.numel() / weights.size(0) / weights.size(1);
    const std::int64_t fan = weights.size(fanOut ? 0 : 1) * field;
    drawNormal(weights, std::sqrt(2.0) / std::sqrt(static_cast<double>(fan)));
}

}  // namespace graft::backbones
