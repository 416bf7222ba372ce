// SPDX-License-Identifier: GPL-3.0-or-later
// Bounds that no honest weight file comes near.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <vector>

namespace graft::weights {

constexpr std::uint64_t kMaxFileBytes = 64ULL << 30;
constexpr std::uint64_t kMaxHeaderBytes = 100ULL << 20;  // safetensors' own limit
constexpr int kMaxHeaderDepth = 8;
constexpr std::size_t kMaxHeaderValues = 10'000;  // of one tensor's entry, or of the metadata
constexpr std::size_t kMaxTensors = 100'000;
constexpr std::size_t kMaxPickleValues = 1'000'000;
constexpr std::size_t kMaxKeyBytes = 1000;        // of a dictionary; parameters' names have tens
constexpr std::size_t kMaxStorageKeyBytes = 100;  // PyTorch's are numbers
constexpr std::size_t kMaxDimensions = 16;
constexpr std::uint64_t kMaxSharing = 16;  // tensors together against the file
constexpr std::uint64_t kAlwaysAllowedBytes = 256ULL << 20;

// The product of the sides times elementBytes, or nothing if a side is negative or it overflows 63 bits (also
// where a later side is 0: whoever multiplies the sides may do so in signed numbers).
inline std::optional<std::uint64_t> checkedByteSize(const std::vector<std::int64_t>& shape,
                                                    std::size_t elementBytes) {
    std::uint64_t size = elementBytes;
    for (const std::int64_t side : shape) {
        if (side < 0) return std::nullopt;
        if (__builtin_mul_overflow(size, static_cast<std::uint64_t>(side), &size)) return std::nullopt;
        if (size > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())) return std::nullopt;
    }
    return size;
}

}  // namespace graft::weights
