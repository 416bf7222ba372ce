// SPDX-License-Identifier: GPL-3.0-or-later
// The values of a TIFF's pixels as they are stored, from strips and from tiles, and what number each one is.
#pragma once

#include <tiffio.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <vector>

#include "core/data/detail/DecodeBudget.h"
#include "core/data/detail/ImageLimits.h"
#include "core/data/detail/TiffFile.h"

namespace graft::data {

// Rows of values of the first one or three channels, channel by channel, in the machine's byte order.
class TiffValues {
  public:
    TiffValues(TIFF* tiff, const TiffLayout& layout) : m_tiff(tiff), m_layout(layout) {
        m_valueBytes = layout.bits / 8U;
        const bool contiguous = layout.planar == PLANARCONFIG_CONTIG;
        m_step = m_valueBytes * (contiguous ? layout.samples : 1U);
        m_planes = contiguous ? 1 : layout.channels();
    }

    // use(y, x, channel, value) for every value; false where the file is damaged.
    template <class Use>
    bool read(const Use& use) {
        return m_layout.tiled ? readTiles(use) : readLines(use);
    }

  private:
    template <class Use>
    void hand(const std::uint8_t* source, std::uint32_t count, std::uint32_t y, std::uint32_t x,
              std::size_t plane, const Use& use) const {
        const std::size_t channels = m_planes > 1 ? 1 : m_layout.channels();
        for (std::uint32_t i = 0; i < count; ++i, source += m_step) {
            for (std::size_t c = 0; c < channels; ++c)
                use(y, x + i, m_planes > 1 ? plane : c, source + c * m_valueBytes);
        }
    }

    // Line by line, so that a strip need not fit into memory.
    template <class Use>
    bool readLines(const Use& use) {
        const auto lineBytes = static_cast<std::size_t>(TIFFScanlineSize64(m_tiff));
        if (lineBytes < m_step * m_layout.width || lineBytes > std::size_t{kMostBytesAtOnce}) return false;
        DecodeScope::reserve(lineBytes);
        std::vector<std::uint8_t> line(lineBytes);
        for (std::size_t plane = 0; plane < m_planes; ++plane) {
            for (std::uint32_t y = 0; y < m_layout.height; ++y) {
                if (TIFFReadScanline(m_tiff, line.data(), y, static_cast<std::uint16_t>(plane)) < 0)
                    return false;
                hand(line.data(), m_layout.width, y, 0, plane, use);
            }
        }
        return true;
    }

    template <class Use>
    bool readTiles(const Use& use) {
        std::uint32_t width = 0;
        std::uint32_t height = 0;
        TIFFGetField(m_tiff, TIFFTAG_TILEWIDTH, &width);
        TIFFGetField(m_tiff, TIFFTAG_TILELENGTH, &height);
        const auto tileBytes = static_cast<std::size_t>(TIFFTileSize64(m_tiff));
        if (width == 0 || height == 0 || tileBytes > std::size_t{kMostBytesAtOnce} ||
            tileBytes / m_step / width < height)
            return false;
        DecodeScope::reserve(tileBytes);
        std::vector<std::uint8_t> tile(tileBytes);
        for (std::size_t plane = 0; plane < m_planes; ++plane) {
            for (std::uint32_t top = 0; top < m_layout.height; top += height) {
                for (std::uint32_t left = 0; left < m_layout.width; left += width) {
                    if (TIFFReadTile(m_tiff, tile.data(), left, top, 0, static_cast<std::uint16_t>(plane)) <
                        0)
                        return false;
                    const std::uint32_t rows = std::min(height, m_layout.height - top);
                    for (std::uint32_t row = 0; row < rows; ++row) {
                        hand(tile.data() + std::size_t{row} * width * m_step,
                             std::min(width, m_layout.width - left), top + row, left, plane, use);
                    }
                    if (left > std::numeric_limits<std::uint32_t>::max() - width) break;
                }
                if (top > std::numeric_limits<std::uint32_t>::max() - height) break;
            }
        }
        return true;
    }

    TIFF* m_tiff;
    const TiffLayout& m_layout;
    std::size_t m_valueBytes = 1;
    std::size_t m_step = 1;    // from pixel to pixel
    std::size_t m_planes = 1;  // that are stored one after another
};

template <class T>
T valueAt(const std::uint8_t* source) {
    T value;
    std::memcpy(&value, source, sizeof(value));
    return value;
}

// A value of any type but unsigned ones of 8 and 16 bits.
double numberAt(const std::uint8_t* source, const TiffLayout& layout);

}  // namespace graft::data
