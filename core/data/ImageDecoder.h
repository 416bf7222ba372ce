// SPDX-License-Identifier: GPL-3.0-or-later
// The only place that turns image files into pixels: JPEG, PNG, BMP, GIF and animated WebP (first frame),
// WebP, TIFF and BigTIFF (first page), PPM/PGM/PBM, and HEIC and AVIF where libheif is there. Grey, 16 bit,
// CMYK and alpha (dropped) become 8-bit RGB, and the orientation is applied. What a file is decides its
// content, never its name.
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

// What had to be decided about a picture's values to make 8 bits of them.
enum class PictureNote {
    None,
    SixteenBits,   // 16 bits that are used: the upper 8 are taken
    TwelveBits,    // 16 bits with all values below 4096: taken as twelve
    DarkBits,      // 16 bits with all values below 256, taken as twelve as well: almost black
    WholeNumbers,  // 32 bits with values up to 255 or 65535
    UnitNumbers,   // floating point from 0 to 1
    ByteNumbers,   // floating point from 0 to 255
};
constexpr std::size_t kPictureNotes = static_cast<std::size_t>(PictureNote::ByteNumbers) + 1;

// As verifyImage, and what there is to say about the picture.
Result<PictureNote> inspectImage(std::span<const std::uint8_t> bytes, const std::string& nameForErrors);

// Whether the name ends like an image Graft reads (.jpg .jpeg .jpe .jfif .png .bmp .gif .webp .tif .tiff .ppm
// .pgm .pbm .pnm).
bool hasImageExtension(const std::string& path);

// The endings of all pictures that are read here, ".heic" and ".avif" where there is a decoder for them.
std::vector<std::string> readableEndings();

// The whole file. Errors: NotFound, Unreadable (also: larger than maxBytes).
Result<std::vector<std::uint8_t>> readFileBytes(const std::string& path, std::size_t maxBytes = 1ULL << 30);

}  // namespace graft::data
