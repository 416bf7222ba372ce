// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <torch/types.h>

#include <fstream>
#include <string>
#include <vector>

namespace graft::test {

// A file of raw float32 numbers.
inline at::Tensor readTensor(const std::string& path, std::vector<std::int64_t> shape) {
    std::ifstream file(path, std::ios::binary);
    at::Tensor tensor = torch::empty(shape);
    file.read(reinterpret_cast<char*>(tensor.data_ptr<float>()),
              static_cast<std::streamsize>(tensor.nbytes()));
    TORCH_CHECK(file.good() && file.peek() == std::ifstream::traits_type::eof(), path, " has another size");
    return tensor;
}

inline void writeTensor(const std::string& path, const at::Tensor& tensor) {
    const at::Tensor plain = tensor.contiguous();
    std::ofstream(path, std::ios::binary)
        .write(reinterpret_cast<const char*>(plain.data_ptr<float>()),
               static_cast<std::streamsize>(plain.nbytes()));
}

// Largest difference, relative to the largest expected number.
inline double relativeDifference(const at::Tensor& given, const at::Tensor& expected) {
    return ((given - expected).abs().max() / expected.abs().max()).item<double>();
}

}  // namespace graft::test
