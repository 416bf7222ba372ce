// SPDX-License-Identifier: GPL-3.0-or-later
// Where layers take their random numbers from: weights of new ones, dropout. LibTorch's own generator is one
// for the whole process; whatever else runs there may draw from it or seed it anew at any moment.
#pragma once

#include <ATen/core/Generator.h>
#include <ATen/core/Tensor.h>
#include <c10/core/Device.h>

#include <cstdint>

namespace graft::backbones {

// A generator of one's own: the same seed gives the numbers that LibTorch's own gives.
at::Generator makeGenerator(c10::Device device, std::uint64_t seed);

// While one lives, this thread's layers draw from the generator.
class DrawFrom {
  public:
    explicit DrawFrom(const at::Generator& generator);
    ~DrawFrom();
    DrawFrom(const DrawFrom&) = delete;
    DrawFrom& operator=(const DrawFrom&) = delete;

  private:
    at::Generator m_previous;
};

// Undefined, which LibTorch takes for its own: no DrawFrom lives.
at::Generator currentGenerator();

// Normal with mean 0.
void drawNormal(const at::Tensor& weights, double deviation);
// He initialisation for a ReLU behind it; weights: out x in (x height x width).
void drawHe(const at::Tensor& weights, bool fanOut);

}  // namespace graft::backbones
