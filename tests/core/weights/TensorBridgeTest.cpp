// SPDX-License-Identifier: GPL-3.0-or-later
// Number types that LibTorch 1.13 does not have, against values worked out by hand from their definitions.
#include <gtest/gtest.h>
#include <torch/torch.h>

#include <cmath>
#include <cstring>

#include "core/weights/torch/TensorBridge.h"

namespace graft::test {

namespace {

using weights::DType;

template <class Stored>
at::Tensor bridged(DType dtype, const std::vector<Stored>& values) {
    weights::TensorData data{dtype, {static_cast<std::int64_t>(values.size())}, nullptr};
    data.bytes = std::make_shared<std::vector<std::byte>>(values.size() * sizeof(Stored));
    std::memcpy(data.bytes->data(), values.data(), data.bytes->size());
    return weights::toTensor(data).to(at::kDouble);
}

void expectValues(const at::Tensor& found, const std::vector<double>& expected) {
    ASSERT_EQ(found.numel(), static_cast<std::int64_t>(expected.size()));
    for (std::size_t i = 0; i < expected.size(); ++i) {
        const double value = found[static_cast<std::int64_t>(i)].item<double>();
        if (std::isnan(expected[i])) {
            EXPECT_TRUE(std::isnan(value)) << i;
        } else {
            EXPECT_EQ(value, expected[i]) << i;
        }
    }
}

}  // namespace

TEST(TensorBridgeTest, Float8AsItsPaperSays) {
    expectValues(
        bridged<std::uint8_t>(DType::Float8E4M3, {0x00, 0x38, 0xb8, 0x3c, 0x7e, 0x78, 0x01, 0x07, 0x7f}),
        {0, 1, -1, 1.5, 448, 256, std::ldexp(1, -9), 7 * std::ldexp(1, -9), NAN});
    expectValues(
        bridged<std::uint8_t>(DType::Float8E5M2, {0x00, 0x3c, 0xbc, 0x3e, 0x7b, 0x7c, 0xfc, 0x01, 0x7f}),
        {0, 1, -1, 1.5, 57344, INFINITY, -INFINITY, std::ldexp(1, -16), NAN});
}

TEST(TensorBridgeTest, UnsignedNumbersKeepTheirValue) {
    expectValues(bridged<std::uint16_t>(DType::UInt16, {0, 1, 65535}), {0, 1, 65535});
    expectValues(bridged<std::uint32_t>(DType::UInt32, {0, 4294967295}), {0, 4294967295});
    expectValues(bridged<std::uint64_t>(DType::UInt64, {3, std::uint64_t{1} << 63}), {3, std::ldexp(1, 63)});
}

TEST(TensorBridgeTest, AnyByteButZeroIsTrue) {
    expectValues(bridged<std::uint8_t>(DType::Bool, {0, 1, 2, 255}), {0, 1, 1, 1});
}

}  // namespace graft::test
