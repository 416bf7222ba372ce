// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/weights/detail/BadNumbers.h"

#include <cmath>
#include <cstring>
#include <limits>

#include "core/base/detail/Quoted.h"

namespace graft::weights {

namespace {

enum class Fault { None, Nan, Infinite, TooLarge, Negative };

// What a batch norm adds to a variance before it takes the root, at least: rounding may lie this far below 0.
constexpr double kSmallestEpsilon = 1e-5;

// Of a number whose bits are exponent and mantissa behind the sign.
template <class Bits>
Fault faultOfBits(Bits bits, int exponentBits, int mantissaBits, bool hasInfinities = true) {
    const Bits mantissa = bits & static_cast<Bits>((Bits{1} << mantissaBits) - 1);
    const Bits highest = static_cast<Bits>((Bits{1} << exponentBits) - 1);
    if (((bits >> mantissaBits) & highest) != highest) return Fault::None;
    if (hasInfinities) return mantissa == 0 ? Fault::Infinite : Fault::Nan;
    return mantissa == static_cast<Bits>((Bits{1} << mantissaBits) - 1) ? Fault::Nan : Fault::None;
}

template <class Number>
Number numberAt(const std::byte* bytes) {
    Number number{};
    std::memcpy(&number, bytes, sizeof(number));
    return number;
}

Fault faultOfDouble(double value) {
    if (std::isnan(value)) return Fault::Nan;
    if (std::isinf(value)) return Fault::Infinite;
    return std::isinf(static_cast<float>(value)) ? Fault::TooLarge : Fault::None;
}

Fault faultAt(const std::byte* bytes, DType type) {
    switch (type) {
        case DType::Float64:
            return faultOfDouble(numberAt<double>(bytes));
        case DType::Float32:
            return faultOfBits(numberAt<std::uint32_t>(bytes), 8, 23);
        case DType::Float16:
            return faultOfBits(numberAt<std::uint16_t>(bytes), 5, 10);
        case DType::BFloat16:
            return faultOfBits(numberAt<std::uint16_t>(bytes), 8, 7);
        case DType::Float8E4M3:
            return faultOfBits(numberAt<std::uint8_t>(bytes), 4, 3, false);
        case DType::Float8E5M2:
            return faultOfBits(numberAt<std::uint8_t>(bytes), 5, 2);
        default:
            return Fault::None;
    }
}

// Only for the types that state dicts keep their variances in.
bool isNegativeVariance(const std::byte* bytes, DType type) {
    double value = 0;
    if (type == DType::Float64) value = numberAt<double>(bytes);
    if (type == DType::Float32) value = numberAt<float>(bytes);
    if (type == DType::BFloat16 || type == DType::Float16) {
        const auto bits = numberAt<std::uint16_t>(bytes);
        // The sign is the first bit; what is behind it grows with the number. 1e-5 is 0x3728 and 0x00a8.
        return (bits & 0x8000) != 0 && (bits & 0x7fff) > (type == DType::BFloat16 ? 0x3728 : 0x00a8);
    }
    return value <= -kSmallestEpsilon;
}

// "[0, 1, 2]"
std::string positionText(std::size_t index, const std::vector<std::int64_t>& shape) {
    std::string text;
    for (std::size_t axis = shape.size(); axis > 0; --axis) {
        const auto side = static_cast<std::size_t>(shape[axis - 1]);
        text = std::to_string(index % side) + (text.empty() ? "" : ", ") + text;
        index /= side;
    }
    return "[" + text + "]";
}

const char* nameOf(Fault fault) {
    switch (fault) {
        case Fault::Nan:
            return GRAFT_TEXT("nan");
        case Fault::Infinite:
            return GRAFT_TEXT("infinity");
        case Fault::TooLarge:
            return GRAFT_TEXT("more than float32 can hold");
        case Fault::Negative:
            return GRAFT_TEXT("a variance below 0");
        case Fault::None:
            break;
    }
    return "";
}

Message remedyFor(Fault fault, DType type) {
    if (fault == Fault::Infinite && type == DType::Float16) {
        return GRAFT_TEXT(
            "Half precision (float16) ends at 65504, and what was larger became infinite when the file was "
            "saved: save it in float32 or bfloat16, or choose other weights.");
    }
    if (fault == Fault::TooLarge) return GRAFT_TEXT("Such a network gives no answers: choose other weights.");
    return GRAFT_TEXT(
        "Such a network gives no answers: download or copy the file again, and if it is the same then, "
        "choose other weights.");
}

// Most files are float32 and good: this says so without a branch for each number.
bool isPlain(const TensorData& tensor, std::size_t count) {
    if (tensor.dtype != DType::Float32) return false;
    constexpr std::uint32_t kExponent = 0x7f800000;
    std::uint32_t bad = 0;
    for (std::size_t i = 0; i < count; ++i) {
        const auto bits = numberAt<std::uint32_t>(tensor.bytes->data() + i * sizeof(std::uint32_t));
        bad |= static_cast<std::uint32_t>((bits & kExponent) == kExponent);
    }
    return bad == 0;
}

}  // namespace

base::Error BadNumbers::error(const std::string& path) const {
    return {base::ErrorCode::BadFormat, {GRAFT_TEXT("{1} {2}"), what, remedy}, path};
}

std::optional<BadNumbers> badNumbers(std::string_view name, const TensorData& tensor) {
    const std::size_t size = bytesPerElement(tensor.dtype);
    const std::size_t count = tensor.bytes ? tensor.bytes->size() / size : 0;
    const bool isVariance = name.ends_with("running_var");
    if (!isVariance && isPlain(tensor, count)) return std::nullopt;
    Fault first = Fault::None;
    std::size_t firstIndex = 0;
    std::size_t bad = 0;  // of the first one's kind
    for (std::size_t i = 0; i < count; ++i) {
        const std::byte* bytes = tensor.bytes->data() + i * size;
        Fault fault = faultAt(bytes, tensor.dtype);
        if (fault == Fault::None && isVariance && isNegativeVariance(bytes, tensor.dtype))
            fault = Fault::Negative;
        if (fault == Fault::None) continue;
        if (first == Fault::None) {
            first = fault;
            firstIndex = i;
        }
        if (fault == first) ++bad;
    }
    if (first == Fault::None) return std::nullopt;
    const char* what =
        count == 1 ? GRAFT_TEXT("The tensor {1} holds {2} in {3} of its {4} number.")
                   : GRAFT_TEXT("The tensor {1} holds {2} in {3} of its {4} numbers, the first at {5}.");
    return BadNumbers{{what, base::inQuotes(name), Message(nameOf(first)), bad, count,
                       positionText(firstIndex, tensor.shape)},
                      remedyFor(first, tensor.dtype)};
}

}  // namespace graft::weights
