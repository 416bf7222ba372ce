// SPDX-License-Identifier: GPL-3.0-or-later
// Attention gives the same numbers whichever operators compute it, and what is exported holds only old ones.
#include <gtest/gtest.h>
#include <torch/types.h>
#include <torch/utils.h>
#include <torch/version.h>

#include "core/backbones/torch/Attention.h"
#include "core/backbones/torch/Network.h"
#include "core/backbones/torch/Trace.h"

namespace graft::test {

namespace {

double farthest(const at::Tensor& a, const at::Tensor& b) {
    return (a.to(torch::kDouble) - b).abs().max().item<double>();
}

}  // namespace

TEST(AttentionTest, IsItsFormulaInDouble) {
    torch::manual_seed(1);
    for (const std::int64_t tokens : {2, 50, 197}) {
        SCOPED_TRACE(tokens);
        const backbones::Heads heads =
            backbones::splitHeads(torch::randn({3, tokens, 3 * 4 * 16}), 4);  // 4 heads of 16 channels
        const at::Tensor scores =
            at::matmul(heads.query.to(torch::kDouble), heads.key.to(torch::kDouble).transpose(-2, -1)) /
            4.0;  // the root of 16
        const at::Tensor expected =
            at::matmul(at::softmax(scores, -1), heads.value.to(torch::kDouble)).transpose(1, 2).flatten(2);
        EXPECT_LT(farthest(backbones::attention(heads), expected), 1e-5);  // with gradients
        const torch::NoGradGuard noGradients;
        EXPECT_LT(farthest(backbones::attention(heads), expected), 1e-5);
        const backbones::PortableOperators portable;
        EXPECT_LT(farthest(backbones::attention(heads), expected), 1e-5);
    }
}

// An operator of LibTorch 2 in the file, and nobody with 1.13 can open it.
TEST(AttentionTest, AnExportHoldsOnlyOperatorsThatOldLibTorchKnows) {
    auto network = backbones::Network::create("vit_b_32", 2, {});
    ASSERT_TRUE(network) << network.error().sentence();
    network->train(false);
    const auto forward = [&](const at::Tensor& images) { return network->forward(images); };
    const auto graphFor = [&](backbones::TraceFor purpose) {
        return backbones::trace(*network, 64, c10::kCPU, purpose, forward)
            .get_method("forward")
            .graph()
            ->toString(false);
    };
    const std::string exported = graphFor(backbones::TraceFor::Export);
    EXPECT_NE(exported.find("aten::softmax"), std::string::npos);
    EXPECT_EQ(exported.find("scaled_dot_product"), std::string::npos);
#if TORCH_VERSION_MAJOR >= 2
    EXPECT_NE(graphFor(backbones::TraceFor::ThisProcess).find("scaled_dot_product"), std::string::npos);
#endif
}

}  // namespace graft::test
