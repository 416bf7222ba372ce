// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/weights/torch/TensorBridge.h"

#include <torch/types.h>

#include <cmath>
#include <cstring>
#include <limits>
#include <optional>
#include <stdexcept>

namespace graft::weights {

namespace {

// Float 8 as arXiv 2209.05433 has them; LibTorch 1.13 knows neither.
double float8(unsigned bits, int mantissaBits, int bias, bool hasInfinities) {
    const unsigned mantissa = bits & ((1U << mantissaBits) - 1);
    const unsigned exponent = (bits & 0x7f) >> mantissaBits;
    const unsigned top = 0x7fU >> mantissaBits;
    const double sign = (bits & 0x80) != 0 ? -1 : 1;
    if (exponent == top && hasInfinities) {
        return mantissa == 0 ? sign * std::numeric_limits<double>::infinity()
                             : std::numeric_limits<double>::quiet_NaN();
    }
    if ((bits & 0x7f) == 0x7f) return std::numeric_limits<double>::quiet_NaN();
    const double fraction = std::ldexp(mantissa, -mantissaBits);
    return exponent == 0 ? sign * std::ldexp(fraction, 1 - bias)
                         : sign * std::ldexp(1 + fraction, static_cast<int>(exponent) - bias);
}

// A type that LibTorch has, each number converted by convert.
template <class Stored, class Converted, class Convert>
at::Tensor converted(const TensorData& data, Convert convert) {
    at::Tensor tensor = torch::empty(data.shape, c10::CppTypeToScalarType<Converted>::value);
    auto* target = tensor.data_ptr<Converted>();
    for (std::size_t i = 0; i < data.bytes->size() / sizeof(Stored); ++i) {
        Stored value{};
        std::memcpy(&value, data.bytes->data() + i * sizeof(Stored), sizeof(Stored));
        target[i] = static_cast<Converted>(convert(value));
    }
    return tensor;
}

// LibTorch's own; the others are converted.
std::optional<at::ScalarType> scalarType(DType type) {
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
            return at::kBool;
        case DType::Float8E4M3:
        case DType::Float8E5M2:
        case DType::UInt64:
        case DType::UInt32:
        case DType::UInt16:
            break;
    }
    return std::nullopt;
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
    const auto same = [](auto value) { return value; };
    switch (data.dtype) {
        case DType::Float8E4M3:
            return converted<std::uint8_t, float>(data,
                                                  [](unsigned bits) { return float8(bits, 3, 7, false); });
        case DType::Float8E5M2:
            return converted<std::uint8_t, float>(data,
                                                  [](unsigned bits) { return float8(bits, 2, 15, true); });
        case DType::UInt64:
            return converted<std::uint64_t, double>(data, same);
        case DType::UInt32:
            return converted<std::uint32_t, std::int64_t>(data, same);
        case DType::UInt16:
            return converted<std::uint16_t, std::int32_t>(data, same);
        case DType::Bool:  // other bytes than 0 and 1 are no bool in C++
            return converted<std::uint8_t, bool>(data, [](unsigned value) { return value != 0; });
        default:
            break;
    }
    const auto keep = data.bytes;
    return torch::from_blob(
        keep->data(), data.shape, [keep](void*) {}, at::TensorOptions(scalarType(data.dtype).value()));
}

TensorData fromTensor(const at::Tensor& tensor) {
    const at::Tensor plain = tensor.detach().to(at::kCPU).contiguous();
    TensorData data{dtypeOf(plain.scalar_type()), plain.sizes().vec(),
                    std::make_shared<std::vector<std::byte>>(plain.nbytes())};
    if (plain.nbytes() > 0) std::memcpy(data.bytes->data(), plain.data_ptr(), plain.nbytes());
    return data;
}

}  // namespace graft::weights
