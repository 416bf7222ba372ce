// SPDX-License-Identifier: GPL-3.0-or-later
// Notices a missing fast BLAS: Debian's reference BLAS is some thirty times slower than OpenBLAS.
#include <gtest/gtest.h>
#include <torch/types.h>

#include <algorithm>
#include <chrono>
#include <vector>

#include "core/runtime/ThreadBudget.h"

namespace graft::test {

namespace {

double secondsOf(const auto& work) {
    const auto start = std::chrono::steady_clock::now();
    work();
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

TEST(BlasTest, MatrixProductIsTwentyTimesFasterThanATripleLoop) {
    constexpr std::int64_t kSide = 1024;
    runtime::setComputeThreads(0);
    const at::Tensor a = torch::rand({kSide, kSide});
    const at::Tensor b = torch::rand({kSide, kSide});
    at::Tensor product = at::mm(a, b);
    double fast = 1e9;
    for (int i = 0; i < 5; ++i)
        fast = std::min(fast, secondsOf([&] { product = at::mm(a, b); }));

    const float* x = a.data_ptr<float>();
    const float* y = b.data_ptr<float>();
    std::vector<float> naive(kSide * kSide);
    const double slow = secondsOf([&] {
        for (std::int64_t i = 0; i < kSide; ++i) {
            for (std::int64_t j = 0; j < kSide; ++j) {
                float sum = 0;
                for (std::int64_t k = 0; k < kSide; ++k)
                    sum += x[i * kSide + k] * y[k * kSide + j];
                naive[static_cast<std::size_t>(i * kSide + j)] = sum;
            }
        }
    });
    const at::Tensor expected = torch::from_blob(naive.data(), {kSide, kSide});
    EXPECT_TRUE(at::allclose(product, expected, 1e-3));
    EXPECT_GT(slow / fast, 20) << "a product takes " << fast << " s: is libopenblas0-pthread installed?";
}

}  // namespace

}  // namespace graft::test
