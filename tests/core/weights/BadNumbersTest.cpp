// SPDX-License-Identifier: GPL-3.0-or-later
// Numbers that no network can use, in every type, by bits written down by hand (IEEE 754; arXiv 2209.05433).
#include "core/weights/detail/BadNumbers.h"

#include <gtest/gtest.h>

#include <cstring>
#include <limits>

namespace graft::test {

namespace {

using weights::DType;

template <class Number>
weights::TensorData tensorOf(DType type, const std::vector<Number>& numbers,
                             std::vector<std::int64_t> shape = {}) {
    if (shape.empty()) shape = {static_cast<std::int64_t>(numbers.size())};
    weights::TensorData data{type, shape,
                             std::make_shared<std::vector<std::byte>>(numbers.size() * sizeof(Number))};
    std::memcpy(data.bytes->data(), numbers.data(), data.bytes->size());
    return data;
}

std::string whatOf(const weights::TensorData& tensor, const std::string& name = "w") {
    const auto bad = weights::badNumbers(name, tensor);
    return bad ? bad->what.english() : "";
}

}  // namespace

TEST(BadNumbersTest, TheFirstPositionAndTheCountAreNamed) {
    constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
    EXPECT_EQ(whatOf(tensorOf<float>(DType::Float32, {1, 2, 3, kNan, 5, kNan}, {1, 2, 3})),
              "The tensor \"w\" holds nan in 2 of its 6 numbers, the first at [0, 1, 0].");
    EXPECT_EQ(whatOf(tensorOf<float>(DType::Float32, {kNan}, {})),
              "The tensor \"w\" holds nan in 1 of its 1 number.");
    EXPECT_EQ(whatOf(tensorOf<float>(DType::Float32, {1e38F, -1e38F, 1e-45F, 0, -0.0F})), "");
    const auto bad = weights::badNumbers("a\x1b[31m", tensorOf<float>(DType::Float32, {kNan}));
    ASSERT_TRUE(bad);
    EXPECT_EQ(bad->what.english().find('\x1b'), std::string::npos) << "a name must not steer a terminal";
    EXPECT_EQ(bad->error("f.pth").path, "f.pth");
    EXPECT_EQ(bad->error("f.pth").message.english(), bad->what.english() + " " + bad->remedy.english());
}

TEST(BadNumbersTest, EveryType) {
    using Half = std::vector<std::uint16_t>;
    using Byte = std::vector<std::uint8_t>;
    EXPECT_EQ(whatOf(tensorOf(DType::Float16, Half{0x7bff, 0xfbff, 0x0001})), "");
    EXPECT_NE(whatOf(tensorOf(DType::Float16, Half{0x7c00})).find("infinity"), std::string::npos);
    EXPECT_NE(whatOf(tensorOf(DType::Float16, Half{0xfc00})).find("infinity"), std::string::npos);
    EXPECT_NE(whatOf(tensorOf(DType::Float16, Half{0x7e00})).find("nan"), std::string::npos);
    EXPECT_EQ(whatOf(tensorOf(DType::BFloat16, Half{0x7f7f, 0x7c00})), "");
    EXPECT_NE(whatOf(tensorOf(DType::BFloat16, Half{0x7f80})).find("infinity"), std::string::npos);
    EXPECT_NE(whatOf(tensorOf(DType::BFloat16, Half{0xffc0})).find("nan"), std::string::npos);
    EXPECT_EQ(whatOf(tensorOf(DType::Float8E4M3, Byte{0x7e, 0xfe, 0x78})), "");
    EXPECT_NE(whatOf(tensorOf(DType::Float8E4M3, Byte{0x7f})).find("nan"), std::string::npos);
    EXPECT_EQ(whatOf(tensorOf(DType::Float8E5M2, Byte{0x7b, 0xfb})), "");
    EXPECT_NE(whatOf(tensorOf(DType::Float8E5M2, Byte{0x7c})).find("infinity"), std::string::npos);
    EXPECT_NE(whatOf(tensorOf(DType::Float8E5M2, Byte{0x7d})).find("nan"), std::string::npos);
    EXPECT_EQ(whatOf(tensorOf<double>(DType::Float64, {3e38, -3e38})), "");
    EXPECT_NE(whatOf(tensorOf<double>(DType::Float64, {1e300})).find("more than float32 can hold"),
              std::string::npos);
    // Whole numbers whose bits would be nan.
    EXPECT_EQ(whatOf(tensorOf<std::int32_t>(DType::Int32, {0x7fc00000})), "");
}

// The remedy of a file that was saved in half precision is another than that of a broken one.
TEST(BadNumbersTest, HalfPrecisionThatOverflowedIsToldSo) {
    const auto half =
        weights::badNumbers("bn.running_var", tensorOf(DType::Float16, std::vector<std::uint16_t>{0x7c00}));
    ASSERT_TRUE(half);
    EXPECT_NE(half->remedy.english().find("float32 or bfloat16"), std::string::npos)
        << half->remedy.english();
}

TEST(BadNumbersTest, AVarianceIsNotNegative) {
    EXPECT_NE(whatOf(tensorOf<float>(DType::Float32, {1, -1}), "bn.running_var").find("a variance below 0"),
              std::string::npos);
    EXPECT_EQ(whatOf(tensorOf<float>(DType::Float32, {1, -1}), "bn.running_mean"), "");
    EXPECT_EQ(whatOf(tensorOf<float>(DType::Float32, {0, -1e-12F}), "bn.running_var"), "") << "rounding";
    using Half = std::vector<std::uint16_t>;
    EXPECT_NE(whatOf(tensorOf(DType::Float16, Half{0xbc00}), "bn.running_var"), "");  // -1
    EXPECT_NE(whatOf(tensorOf(DType::BFloat16, Half{0xbf80}), "bn.running_var"), "");
    EXPECT_EQ(whatOf(tensorOf(DType::Float16, Half{0x8000, 0x3c00}), "bn.running_var"), "");  // -0, 1
}

}  // namespace graft::test
