// SPDX-License-Identifier: GPL-3.0-or-later
// Convolutions of shapes that the check at the start does not know, forwards and backwards, against the same
// in double, which oneDNN does not have. Fails on a virtual machine that hides its caches if nothing is done
// about it.
#include "core/runtime/torch/CpuArithmetic.h"

#include <gtest/gtest.h>
#include <torch/types.h>

#include <array>
#include <random>

namespace graft::test {

namespace {

template <class T, std::size_t N>
T oneOf(const T (&choices)[N], std::mt19937& random) {
    return choices[random() % N];
}

// The answer and the gradients of images and weights.
std::array<at::Tensor, 3> convolve(const at::Tensor& images, const at::Tensor& weight, std::int64_t stride,
                                   std::int64_t groups) {
    const at::Tensor x = images.detach().clone().requires_grad_();
    const at::Tensor w = weight.detach().clone().requires_grad_();
    const at::Tensor y = at::conv2d(x, w, {}, stride, weight.size(2) / 2, 1, groups);
    y.square().sum().backward();
    return {y.detach(), x.grad(), w.grad()};
}

TEST(CpuArithmeticTest, ConvolutionsAreRightOnThisMachine) {
    runtime::cpuArithmetic();
    std::mt19937 random(7);
    torch::manual_seed(7);
    for (int i = 0; i < 150; ++i) {
        const auto side = oneOf<std::int64_t>({4, 7, 8, 14, 15, 28}, random);
        const auto kernel = oneOf<std::int64_t>({1, 1, 3, 3, 5, 7}, random);
        const auto stride = oneOf<std::int64_t>({1, 2}, random);
        const auto inputs = oneOf<std::int64_t>({3, 16, 24, 58, 64, 116, 128, 232}, random);
        const bool depthwise = random() % 4 == 0;
        const auto outputs = depthwise ? inputs : oneOf<std::int64_t>({24, 58, 64, 116, 128, 256}, random);
        const std::int64_t groups = depthwise ? inputs : 1;
        const at::Tensor images = torch::randn({2, inputs, side, side});
        const at::Tensor weight = torch::randn({outputs, inputs / groups, kernel, kernel});
        const auto expected = convolve(images.to(torch::kDouble), weight.to(torch::kDouble), stride, groups);
        for (const auto format : {at::MemoryFormat::Contiguous, at::MemoryFormat::ChannelsLast}) {
            const auto found = convolve(images.contiguous(format), weight.contiguous(format), stride, groups);
            for (std::size_t part = 0; part < expected.size(); ++part) {
                const double difference =
                    ((found[part] - expected[part]).norm() / expected[part].norm()).item<double>();
                EXPECT_LT(difference, 1e-4)
                    << inputs << " to " << outputs << " channels, side " << side << ", kernel " << kernel
                    << ", stride " << stride << ", groups " << groups << ", part " << part;
            }
        }
    }
}

}  // namespace

}  // namespace graft::test
