// SPDX-License-Identifier: GPL-3.0-or-later
// Tensors by name, as they lie in a weight file. Plain bytes: nothing here needs LibTorch.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/Message.h"

namespace graft::weights {

// Float8E4M3 and Float8E5M2: arXiv 2209.05433, E4M3 without infinities.
enum class DType {
    Float64,
    Float32,
    Float16,
    BFloat16,
    Float8E4M3,
    Float8E5M2,
    Int64,
    Int32,
    Int16,
    Int8,
    UInt64,
    UInt32,
    UInt16,
    UInt8,
    Bool
};
std::size_t bytesPerElement(DType type);
std::string_view dtypeName(DType type);  // safetensors' names: "F32", "BF16", ...

struct TensorData {
    DType dtype = DType::Float32;
    std::vector<std::int64_t> shape;                // empty for a single number
    std::shared_ptr<std::vector<std::byte>> bytes;  // elements in row-major order, little endian

    std::int64_t elementCount() const;
    Message shapeText() const;  // "64 x 3 x 7 x 7"
};

using Metadata = std::vector<std::pair<std::string, std::string>>;

struct StateDict {
    std::vector<std::pair<std::string, TensorData>> tensors;  // in the file's order
    Metadata metadata;                                        // safetensors' "__metadata__"
    // Sentences on what a reader chose for the person: which of several state dicts, without which prefix.
    std::vector<Message> notes;

    const TensorData* find(std::string_view name) const;
};

}  // namespace graft::weights
