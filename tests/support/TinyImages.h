// SPDX-License-Identifier: GPL-3.0-or-later
// Small BMP files, written without any image library.
#pragma once

#include <cstdint>
#include <string>

#include "core/base/Seed.h"
#include "tests/support/TestFiles.h"

namespace graft::test {

inline std::string littleEndian(std::uint32_t value, int bytes) {
    std::string text;
    for (int i = 0; i < bytes; ++i)
        text += static_cast<char>(value >> (8 * i) & 0xFF);
    return text;
}

// 24-bit BMP of noise; every seed gives another picture.
inline std::string tinyBmp(std::uint64_t seed, std::uint32_t width = 6, std::uint32_t height = 5) {
    const std::uint32_t stride = (width * 3 + 3) / 4 * 4;
    constexpr std::uint32_t kHeaderBytes = 54;
    std::string bmp = "BM" + littleEndian(kHeaderBytes + stride * height, 4) + littleEndian(0, 4) +
                      littleEndian(kHeaderBytes, 4);
    bmp += littleEndian(40, 4) + littleEndian(width, 4) + littleEndian(height, 4) + littleEndian(1, 2) +
           littleEndian(24, 2) + littleEndian(0, 4) + littleEndian(stride * height, 4) +
           littleEndian(2835, 4) + littleEndian(2835, 4) + littleEndian(0, 4) + littleEndian(0, 4);
    base::RandomStream random(seed);
    for (std::uint32_t i = 0; i < stride * height; ++i)
        bmp += i % stride < width * 3 ? static_cast<char>(random.below(256)) : '\0';
    return bmp;
}

inline void writeBmp(const std::string& path, std::uint64_t seed) {
    writeText(path, tinyBmp(seed));
}

}  // namespace graft::test
