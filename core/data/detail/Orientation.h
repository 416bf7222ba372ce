// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "core/base/Image.h"

namespace graft::data {

constexpr std::uint16_t kTiffWidth = 256;
constexpr std::uint16_t kTiffHeight = 257;
constexpr std::uint16_t kTiffOrientation = 274;

// A number in the first directory of a TIFF file, or of EXIF data, which has the same form.
struct TiffNumber {
    std::uint32_t value = 0;
    std::size_t position = 0;  // of its bytes
    std::size_t width = 0;     // 2 or 4 bytes
};
std::optional<TiffNumber> tiffNumber(std::span<const std::uint8_t> bytes, std::uint16_t tag);

// The EXIF orientation of a WebP file; 1 where it has none.
int webpOrientation(std::span<const std::uint8_t> bytes);

// Turned as EXIF 2.3, tag 0x0112, says. Other values than 2 to 8 leave the picture as it is.
base::Image oriented(base::Image stored, int orientation);

}  // namespace graft::data
