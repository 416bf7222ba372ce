// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/weights/StateDict.h"

#include <algorithm>

namespace graft::weights {

std::size_t bytesPerElement(DType type) {
    switch (type) {
        case DType::Float64:
        case DType::Int64:
        case DType::UInt64:
            return 8;
        case DType::Float32:
        case DType::Int32:
        case DType::UInt32:
            return 4;
        case DType::Float16:
        case DType::BFloat16:
        case DType::Int16:
        case DType::UInt16:
            return 2;
        case DType::Float8E4M3:
        case DType::Float8E5M2:
        case DType::Int8:
        case DType::UInt8:
        case DType::Bool:
            break;
    }
    return 1;
}

std::string_view dtypeName(DType type) {
    switch (type) {
        case DType::Float64:
            return "F64";
        case DType::Float32:
            return "F32";
        case DType::Float16:
            return "F16";
        case DType::BFloat16:
            return "BF16";
        case DType::Float8E4M3:
            return "F8_E4M3";
        case DType::Float8E5M2:
            return "F8_E5M2";
        case DType::Int64:
            return "I64";
        case DType::Int32:
            return "I32";
        case DType::Int16:
            return "I16";
        case DType::Int8:
            return "I8";
        case DType::UInt64:
            return "U64";
        case DType::UInt32:
            return "U32";
        case DType::UInt16:
            return "U16";
        case DType::UInt8:
            return "U8";
        case DType::Bool:
            break;
    }
    return "BOOL";
}

std::int64_t TensorData::elementCount() const {
    std::int64_t count = 1;
    for (const std::int64_t side : shape)
        count *= side;
    return count;
}

Message TensorData::shapeText() const {
    if (shape.empty()) return GRAFT_TEXT("a single number");
    std::string text;
    for (const std::int64_t side : shape)
        text += (text.empty() ? "" : " x ") + std::to_string(side);
    return Message::words(text);
}

const TensorData* StateDict::find(std::string_view name) const {
    const auto found =
        std::ranges::find(tensors, name, [](const auto& entry) { return std::string_view(entry.first); });
    return found == tensors.end() ? nullptr : &found->second;
}

}  // namespace graft::weights
