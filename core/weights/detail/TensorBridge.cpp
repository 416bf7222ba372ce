// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/weights/detail/TensorBridge.h"

#include <torch/types.h>

#include <cstring>
#include <stdexcept>

namespace graft::weights {

namespace {

at::ScalarType scalarType(DType type) {
    switch (type) {
        case DType::Float64:
            return at::kDouble;
        case DType::Float32:
            return at::kFloat;
        case DType::Float16:
            return at::kHalf;
        case DType::BFloat16:
            return at::kBFloat16;
        case DType::Int64:
            return at::kLong;
        case DType::Int32:
            return at::kInt;
        case DType::Int16:
            return at::kShort;
        case DType::Int8:
            return at::kChar;
        case DType::UInt8:
            return at::kByte;
        case DType::Bool:
            break;
    }
    return at::kBool;
}

DType dtypeOf(at::ScalarType type) {
    for (const DType candidate :
         {DType::Float64, DType::Float32, DType::Float16, DType::BFloat16, DType::Int64, DType::Int32,
          DType::Int16, DType::Int8, DType::UInt8, DType::Bool}) {
        if (scalarType(candidate) == type) return candidate;
    }
    throw std::invalid_argument("a tensor type that no weight file holds");
}

}  // namespace

at::Tensor toTensor(const TensorData& data) {
    const auto keep = data.bytes;
    return torch::from_blob(
        keep->data(), data.shape, [keep](void*) {}, at::TensorOptions(scalarType(data.dtype)));
}

TensorData fromTensor(const at::Tensor& tensor) {
    const at::Tensor plain = tensor.detach().to(at::kCPU).contiguous();
    TensorData data{dtypeOf(plain.scalar_type()), plain.sizes().vec(),
                    std::make_shared<std::vector<std::byte>>(plain.nbytes())};
    if (plain.nbytes() > 0) std::memcpy(data.bytes->data(), plain.data_ptr(), plain.nbytes());
    return data;
}

}  // namespace graft::weights
