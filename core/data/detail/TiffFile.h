// SPDX-License-Identifier: GPL-3.0-or-later
// A TIFF in memory, opened with libtiff, and what its first page says about the picture before it is decoded.
#pragma once

#include <tiffio.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

namespace graft::data {

// The file in memory, as libtiff wants to read it.
struct TiffSource {
    std::span<const std::uint8_t> bytes;
    std::uint64_t position = 0;
};

using Tiff = std::unique_ptr<TIFF, void (*)(TIFF*)>;

// Empty where libtiff cannot open it; prints nothing. The source has to outlive it.
Tiff openTiff(TiffSource& source);

struct TiffLayout {
    std::uint32_t width = 0;
    std::uint32_t height = 0;
    std::uint16_t bits = 1;
    std::uint16_t samples = 1;
    std::uint16_t format = SAMPLEFORMAT_UINT;
    std::uint16_t photometric = PHOTOMETRIC_MINISBLACK;
    std::uint16_t planar = PLANARCONFIG_CONTIG;
    std::uint16_t compression = COMPRESSION_NONE;
    std::uint16_t orientation = ORIENTATION_TOPLEFT;
    bool tiled = false;

    bool isColour() const { return photometric == PHOTOMETRIC_RGB && samples >= 3; }
    bool isGrey() const {
        return photometric == PHOTOMETRIC_MINISBLACK || photometric == PHOTOMETRIC_MINISWHITE;
    }
    std::size_t channels() const { return isColour() ? 3 : 1; }
    // Whose values are read as they are; libtiff makes RGB of the others.
    bool isPlainValues() const {
        return format <= SAMPLEFORMAT_VOID && (isColour() || isGrey()) &&
               (bits == 8 || bits == 16 || bits == 32 || bits == 64);
    }
};

TiffLayout layoutOf(TIFF* tiff);

}  // namespace graft::data
