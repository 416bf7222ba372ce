// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/detail/BmpDecoder.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdlib>
#include <optional>
#include <vector>

#include "core/data/detail/DecodeBudget.h"
#include "core/data/detail/ImageLimits.h"

namespace graft::data {

namespace {

using Bytes = std::span<const std::uint8_t>;
using Colour = std::array<std::uint8_t, 3>;

tl::unexpected<Error> damaged(const std::string& name) {
    return fail(ErrorCode::BadFormat,
                GRAFT_TEXT("The picture cannot be read: the BMP is damaged or ends too early."), name);
}

// Little endian; only called for positions that lie inside.
std::uint32_t numberAt(Bytes bytes, std::size_t position, int width) {
    std::uint32_t value = 0;
    for (int i = width - 1; i >= 0; --i)
        value = value << 8 | bytes[position + static_cast<std::size_t>(i)];
    return value;
}

enum Compression { kNone = 0, kRle8 = 1, kRle4 = 2, kMasks = 3, kAlphaMasks = 6 };

struct Header {
    std::size_t size = 0;
    std::int64_t width = 0;
    std::int64_t height = 0;
    bool topDown = false;
    std::uint32_t bits = 0;
    std::uint32_t compression = kNone;
    std::size_t colours = 0;               // of the palette; 0: as many as the bits can say
    std::size_t data = 0;                  // where the pixels begin
    std::array<std::uint32_t, 3> masks{};  // red, green, blue
    std::vector<Colour> palette;

    bool isCore() const { return size == 12; }  // OS/2's first
};

constexpr std::size_t kFileHeader = 14;

// 0 where the header ends before it: OS/2's may end anywhere behind the number of bits.
std::uint32_t fieldAt(Bytes bytes, const Header& header, std::size_t position, int width) {
    return position + static_cast<std::size_t>(width) <= kFileHeader + header.size
               ? numberAt(bytes, position, width)
               : 0;
}

bool readSize(Bytes bytes, Header& header) {
    if (bytes.size() < kFileHeader + 12) return false;
    header.size = numberAt(bytes, kFileHeader, 4);
    if ((!header.isCore() && header.size < 16) || header.size > 1024 ||
        bytes.size() < kFileHeader + header.size)
        return false;
    if (header.isCore()) {
        header.width = numberAt(bytes, 18, 2);
        header.height = numberAt(bytes, 20, 2);
        header.bits = numberAt(bytes, 24, 2);
    } else {
        header.width = static_cast<std::int32_t>(numberAt(bytes, 18, 4));
        header.height = static_cast<std::int32_t>(numberAt(bytes, 22, 4));
        header.bits = numberAt(bytes, 28, 2);
        header.compression = fieldAt(bytes, header, 30, 4);
        header.colours = fieldAt(bytes, header, 46, 4);
    }
    header.topDown = header.height < 0;
    header.height = std::abs(header.height);
    return header.width > 0 && header.height > 0;
}

// Where the headers end.
std::optional<std::size_t> readMasks(Bytes bytes, Header& header) {
    const std::size_t end = kFileHeader + header.size;
    if (header.compression == kMasks || header.compression == kAlphaMasks) {
        if (bytes.size() < kFileHeader + 52) return std::nullopt;
        for (std::size_t c = 0; c < 3; ++c)
            header.masks[c] = numberAt(bytes, kFileHeader + 40 + 4 * c, 4);
        if (header.size == 40) return end + (header.compression == kMasks ? 12 : 16);
    } else if (header.bits == 16) {
        header.masks = {0x7C00, 0x03E0, 0x001F};
    } else {
        header.masks = {0xFF0000, 0xFF00, 0xFF};
    }
    return end;
}

// Also where the pixels begin: some writers leave that out, and then it is behind the palette.
bool readPalette(Bytes bytes, std::size_t at, Header& header) {
    const std::size_t entry = header.isCore() ? 3 : 4;
    std::size_t count = header.colours;
    if (header.bits <= 8 && (count == 0 || count > 256)) count = std::size_t{1} << header.bits;
    header.data = numberAt(bytes, 10, 4);
    if (header.data < at) header.data = at + count * entry;
    if (header.bits > 8) return true;
    for (std::size_t i = 0; i < count && at + entry <= std::min(bytes.size(), header.data); ++i, at += entry)
        header.palette.push_back({bytes[at + 2], bytes[at + 1], bytes[at]});
    return !header.palette.empty();
}

bool readHeader(Bytes bytes, Header& header) {
    if (!readSize(bytes, header)) return false;
    const auto end = readMasks(bytes, header);
    return end && readPalette(bytes, *end, header);
}

std::uint8_t masked(std::uint32_t value, std::uint32_t mask) {
    if (mask == 0) return 0;
    const int shift = std::countr_zero(mask);
    const std::uint64_t largest = mask >> shift;
    return static_cast<std::uint8_t>(((value & mask) >> shift) * std::uint64_t{255} / largest);
}

// What the runs jump over has the first colour.
void fill(base::Image& image, const Colour& colour) {
    for (std::size_t i = 0; i < image.pixels.size(); i += 3)
        std::copy(colour.begin(), colour.end(), image.pixels.data() + i);
}

class BmpReader {
  public:
    BmpReader(Bytes bytes, const Header& header, base::Image& image)
        : m_bytes(bytes), m_header(header), m_image(image), m_at(header.data) {}

    bool readPlain() {
        const std::size_t width = static_cast<std::size_t>(m_image.width);
        const std::size_t stride = (width * m_header.bits + 31) / 32 * 4;
        for (int y = 0; y < m_image.height; ++y) {
            // The last row's padding is often missing.
            const std::size_t least = (width * m_header.bits + 7) / 8;
            if (m_at > m_bytes.size() || m_bytes.size() - m_at < least) return false;
            readRow(m_bytes.subspan(m_at), y);
            m_at += stride;
        }
        return true;
    }

    // Runs of one colour, and 0 before an instruction: end of line, end of picture, a jump, or so many
    // pixels.
    bool readRuns() {
        std::int64_t x = 0;  // a file may hold more runs than a line has pixels
        int y = 0;
        while (m_at + 2 <= m_bytes.size()) {
            const std::uint8_t count = m_bytes[m_at];
            const std::uint8_t value = m_bytes[m_at + 1];
            m_at += 2;
            if (count > 0) {
                for (int i = 0; i < count; ++i)
                    put(x++, y, indexIn(value, i));
            } else if (value == 0) {
                x = 0;
                ++y;
            } else if (value == 1) {
                return true;
            } else if (value == 2) {
                if (m_at + 2 > m_bytes.size()) return false;
                x += m_bytes[m_at];
                y += m_bytes[m_at + 1];
                m_at += 2;
            } else {
                const std::size_t length = m_header.compression == kRle8 ? value : (value + 1U) / 2;
                if (m_bytes.size() - m_at < length) return false;
                for (int i = 0; i < value; ++i) {
                    const auto byte =
                        m_bytes[m_at + static_cast<std::size_t>(m_header.compression == kRle8 ? i : i / 2)];
                    put(x++, y, indexIn(byte, i));
                }
                m_at += length + length % 2;
            }
            if (y >= m_image.height) return true;
        }
        // No end of picture, but perhaps the last pixel.
        return y == m_image.height - 1 && x >= m_image.width;
    }

  private:
    std::size_t indexIn(std::uint8_t byte, int i) const {
        if (m_header.compression == kRle8) return byte;
        return i % 2 == 0 ? byte >> 4 : byte & 15;
    }

    int rowOf(int y) const { return m_header.topDown ? y : m_image.height - 1 - y; }

    void put(std::int64_t x, int y, std::size_t index) {
        if (x >= m_image.width || y >= m_image.height) return;
        const Colour colour = index < m_header.palette.size() ? m_header.palette[index] : Colour{};
        std::copy(colour.begin(), colour.end(), m_image.row(rowOf(y)) + 3 * x);
    }

    void readRow(Bytes source, int y) {
        const std::uint32_t bits = m_header.bits;
        std::uint8_t* target = m_image.row(rowOf(y));
        for (int x = 0; x < m_image.width; ++x, target += 3) {
            const auto at = static_cast<std::size_t>(x);
            if (bits <= 8) {
                const std::size_t perByte = 8 / bits;
                const std::size_t shift = (perByte - 1 - at % perByte) * bits;
                put(x, y, source[at / perByte] >> shift & ((1U << bits) - 1));
            } else if (bits == 24) {
                target[0] = source[3 * at + 2];
                target[1] = source[3 * at + 1];
                target[2] = source[3 * at];
            } else {
                const std::uint32_t value = numberAt(source, at * (bits / 8), static_cast<int>(bits / 8));
                for (std::size_t c = 0; c < 3; ++c)
                    target[c] = masked(value, m_header.masks[c]);
            }
        }
    }

    Bytes m_bytes;
    const Header& m_header;
    base::Image& m_image;
    std::size_t m_at;
};

}  // namespace

Result<base::Image> decodeBmp(Bytes bytes, const std::string& name) {
    Header header;
    if (!readHeader(bytes, header)) return damaged(name);
    if (isTooLarge(header.width, header.height)) return tooLarge(name);
    const bool runs = (header.compression == kRle8 && header.bits == 8) ||
                      (header.compression == kRle4 && header.bits == 4);
    const bool masks = (header.compression == kMasks || header.compression == kAlphaMasks) &&
                       (header.bits == 16 || header.bits == 32);
    const bool plain = header.compression == kNone &&
                       (header.bits == 1 || header.bits == 2 || header.bits == 4 || header.bits == 8 ||
                        header.bits == 16 || header.bits == 24 || header.bits == 32);
    if (!runs && !masks && !plain) {
        return fail(ErrorCode::BadFormat,
                    GRAFT_TEXT("The picture cannot be read: this kind of BMP is unknown; save it as PNG."),
                    name);
    }
    const auto pixels = static_cast<std::size_t>(header.width * header.height);
    // Two bytes of run lengths stand for at most 255 pixels; a jump skips the rest of a picture, rarely of a
    // large one.
    constexpr std::size_t kAlwaysAllowed = std::size_t{1} << 22;
    if (!runs && pixels / 8 * header.bits > bytes.size()) return damaged(name);
    if (runs && pixels > kAlwaysAllowed && pixels / 256 > bytes.size()) return damaged(name);
    DecodeScope::reserve(pixels * 3);
    base::Image image(static_cast<int>(header.width), static_cast<int>(header.height));
    if (runs) fill(image, header.palette.front());
    BmpReader reader(bytes, header, image);
    if (!(runs ? reader.readRuns() : reader.readPlain())) return damaged(name);
    return image;
}

}  // namespace graft::data
