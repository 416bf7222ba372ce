// SPDX-License-Identifier: GPL-3.0-or-later
// Weight files against what make_weights.py wrote down about them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "core/weights/WeightFile.h"
#include "tests/support/TestFiles.h"

namespace graft::test {

struct ExpectedTensor {
    std::string name;
    std::string dtype;
    std::vector<std::int64_t> shape;
    std::string hex;
};

inline std::vector<ExpectedTensor> readExpected(const std::string& path) {
    std::vector<ExpectedTensor> tensors;
    std::istringstream lines(readText(path));
    for (std::string line; std::getline(lines, line);) {
        std::istringstream fields(line);
        ExpectedTensor tensor;
        std::string shape;
        std::getline(fields, tensor.name, '\t');
        std::getline(fields, tensor.dtype, '\t');
        std::getline(fields, shape, '\t');
        std::getline(fields, tensor.hex, '\t');
        std::istringstream sides(shape);
        for (std::string side; std::getline(sides, side, ',');)
            tensor.shape.push_back(std::stoll(side));
        tensors.push_back(tensor);
    }
    EXPECT_FALSE(tensors.empty()) << path;
    return tensors;
}

inline std::string hexOf(const weights::TensorData& tensor) {
    static constexpr char kDigits[] = "0123456789abcdef";
    std::string hex;
    for (const std::byte byte : *tensor.bytes) {
        hex += kDigits[std::to_integer<unsigned>(byte) >> 4];
        hex += kDigits[std::to_integer<unsigned>(byte) & 15];
    }
    return hex;
}

inline std::vector<float> floatsOf(const weights::TensorData& tensor) {
    std::vector<float> values(tensor.bytes->size() / sizeof(float));
    std::memcpy(values.data(), tensor.bytes->data(), values.size() * sizeof(float));
    return values;
}

inline void expectTensors(const std::string& path, const std::vector<ExpectedTensor>& expected) {
    SCOPED_TRACE(path);
    const auto dict = weights::readWeights(path);
    ASSERT_TRUE(dict) << dict.error().message.english();
    ASSERT_EQ(dict->tensors.size(), expected.size());
    for (std::size_t i = 0; i < expected.size(); ++i) {
        const auto& [name, tensor] = dict->tensors[i];
        EXPECT_EQ(name, expected[i].name);
        EXPECT_EQ(weights::dtypeName(tensor.dtype), expected[i].dtype) << name;
        EXPECT_EQ(tensor.shape, expected[i].shape) << name;
        EXPECT_EQ(hexOf(tensor), expected[i].hex) << name;
        EXPECT_EQ(dict->find(name), &tensor);
    }
}

}  // namespace graft::test
