// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/detail/PnmDecoder.h"

#include <cstddef>
#include <optional>

#include "core/data/detail/DecodeBudget.h"
#include "core/data/detail/ImageLimits.h"

namespace graft::data {

namespace {

using Bytes = std::span<const std::uint8_t>;

bool isSpace(std::uint8_t byte) {
    return byte == ' ' || (byte >= '\t' && byte <= '\r');
}

class PnmReader {
  public:
    explicit PnmReader(Bytes bytes) : m_bytes(bytes), m_kind(bytes.size() > 2 ? bytes[1] - '0' : 0) {}

    bool isBitmap() const { return m_kind == 1 || m_kind == 4; }
    bool isColour() const { return m_kind == 3 || m_kind == 6; }
    bool isText() const { return m_kind <= 3; }
    std::size_t bytesLeft() const { return m_bytes.size() - m_at; }

    // The next number after white space and comments.
    std::optional<std::uint32_t> number() {
        skipSpace();
        std::uint64_t value = 0;
        const std::size_t start = m_at;
        for (; m_at < m_bytes.size() && m_bytes[m_at] >= '0' && m_bytes[m_at] <= '9'; ++m_at) {
            value = value * 10 + (m_bytes[m_at] - '0');
            if (value > (1U << 29)) return std::nullopt;
        }
        return m_at > start ? std::optional(static_cast<std::uint32_t>(value)) : std::nullopt;
    }

    // A digit of a bitmap as text: white space need not stand between them.
    std::optional<std::uint32_t> bit() {
        skipSpace();
        if (m_at >= m_bytes.size() || (m_bytes[m_at] != '0' && m_bytes[m_at] != '1')) return std::nullopt;
        return m_bytes[m_at++] - '0';
    }

    // One byte of white space ends the header.
    bool endHeader() { return m_at < m_bytes.size() && isSpace(m_bytes[m_at++]); }
    Bytes take(std::size_t count) {
        const Bytes taken = m_bytes.subspan(m_at, count);
        m_at += count;
        return taken;
    }

  private:
    void skipSpace() {
        while (m_at < m_bytes.size() && (isSpace(m_bytes[m_at]) || m_bytes[m_at] == '#')) {
            if (m_bytes[m_at] == '#') {
                while (m_at < m_bytes.size() && m_bytes[m_at] != '\n' && m_bytes[m_at] != '\r')
                    ++m_at;
            } else {
                ++m_at;
            }
        }
    }

    Bytes m_bytes;
    int m_kind;
    std::size_t m_at = 2;
};

tl::unexpected<Error> damaged(const std::string& name) {
    return fail(ErrorCode::BadFormat,
                GRAFT_TEXT("The picture cannot be read: the PPM is damaged or ends too early."), name);
}

std::uint8_t scaled(std::uint32_t value, std::uint32_t largest) {
    if (value >= largest) return 255;
    return static_cast<std::uint8_t>((value * 255 + largest / 2) / largest);
}

// One row as values; false where the file ends.
bool readRow(PnmReader& reader, std::uint32_t largest, std::vector<std::uint8_t>& row) {
    if (reader.isText()) {
        for (std::uint8_t& target : row) {
            const auto value = reader.isBitmap() ? reader.bit() : reader.number();
            if (!value) return false;
            target = reader.isBitmap() ? static_cast<std::uint8_t>(*value != 0 ? 0 : 255)
                                       : scaled(*value, largest);
        }
        return true;
    }
    const std::size_t width = largest > 255 ? 2 : 1;
    const std::size_t length = reader.isBitmap() ? (row.size() + 7) / 8 : row.size() * width;
    if (reader.bytesLeft() < length) return false;
    const Bytes source = reader.take(length);
    for (std::size_t x = 0; x < row.size(); ++x) {
        if (reader.isBitmap()) {
            row[x] = (source[x / 8] >> (7 - x % 8) & 1) != 0 ? 0 : 255;
        } else if (width == 2) {
            row[x] = scaled(static_cast<std::uint32_t>(source[2 * x] << 8 | source[2 * x + 1]), largest);
        } else {
            row[x] = scaled(source[x], largest);
        }
    }
    return true;
}

}  // namespace

Result<base::Image> decodePnm(Bytes bytes, const std::string& name) {
    PnmReader reader(bytes);
    const auto width = reader.number();
    const auto height = reader.number();
    const auto largest = reader.isBitmap() ? std::optional<std::uint32_t>(1) : reader.number();
    if (!width || !height || !largest || *width == 0 || *height == 0 || *largest == 0 || *largest > 65535)
        return damaged(name);
    if (isTooLarge(*width, *height)) return tooLarge(name);
    if (!reader.isText() && !reader.endHeader()) return damaged(name);

    // Every row takes at least a byte for eight pixels: what claims more than it has is not believed.
    const std::size_t values = std::size_t{*width} * (reader.isColour() ? 3 : 1);
    const std::size_t leastBytes = reader.isBitmap() ? (reader.isText() ? values : (values + 7) / 8) : values;
    if (reader.bytesLeft() / leastBytes < *height) return damaged(name);

    DecodeScope::reserve(std::size_t{3} * *width * *height);
    base::Image image(static_cast<int>(*width), static_cast<int>(*height));
    std::vector<std::uint8_t> row(values);
    for (int y = 0; y < image.height; ++y) {
        if (!readRow(reader, *largest, row)) return damaged(name);
        std::uint8_t* target = image.row(y);
        for (std::size_t i = 0; i < image.stride(); ++i)
            target[i] = row[reader.isColour() ? i : i / 3];
    }
    return image;
}

}  // namespace graft::data
