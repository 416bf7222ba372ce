// SPDX-License-Identifier: GPL-3.0-or-later
// The only place that turns image files into pixels: JPEG, PNG, BMP, GIF (first frame), WebP,
// TIFF, PPM/PGM/PBM;
// grey, 16 bit, CMYK and alpha (dropped) become 8-bit RGB, and EXIF orientation is applied.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "core/base/Image.h"
#include "core/base/Result.h"

namespace graft::data {

// Errors: NotFound, Unreadable, BadFormat (no image, damaged, or the file ends early).
Result<base::Image> decodeImage(const std::string& path);
Result<base::Image> decodeImage(std::span<const std::uint8_t> bytes, const std::string& nameForErrors);

// A picture, or the picture at a fraction of its size.
struct ReducedImage {
    base::Image image;
    int fullWidth = 0;
    int fullHeight = 0;
    int reduction = 1;  // image is fullWidth / reduction wide, rounded up
};

// Decodes a JPEG at 1/1, 1/2, 1/4 or 1/8 of its size, as wanted(fullWidth, fullHeight) says, which costs that
// much less. Other files are decoded whole. Errors: as decodeImage.
Result<ReducedImage> decodeReduced(std::span<const std::uint8_t> bytes, const std::string& nameForErrors,
                                   const std::function<int(int width, int height)>& wanted);

// Decodes no larger than needed for a picture whose longer side is at most maxSide pixels.
Result<base::Image> decodeThumbnail(const std::string& path, int maxSide);

// Whether the file decodes to the end, at the least cost that answers this.
Result<void> verifyImage(std::span<const std::uint8_t> bytes, const std::string& nameForErrors);

// Whether the name ends like an image Graft reads (.jpg .jpeg .jpe .jfif .png .bmp .gif .webp .tif .tiff .ppm
// .pgm .pbm .pnm).
bool hasImageExtension(const std::string& path);

// The whole file. Errors: NotFound, Unreadable (also: larger than maxBytes).
Result<std::vector<std::uint8_t>> readFileBytes(const std::string& path, std::size_t maxBytes = 1ULL << 30);

}  // namespace graft::data
