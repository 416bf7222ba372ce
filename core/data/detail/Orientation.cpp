// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/detail/Orientation.h"

#include <cstring>
#include <string_view>

namespace graft::data {

namespace {

using Bytes = std::span<const std::uint8_t>;

bool startsWith(Bytes bytes, std::string_view magic) {
    return bytes.size() >= magic.size() && std::memcmp(bytes.data(), magic.data(), magic.size()) == 0;
}

// Only called for positions that lie inside.
std::uint32_t numberAt(Bytes bytes, std::size_t position, std::size_t width, bool littleEndian) {
    std::uint32_t value = 0;
    for (std::size_t i = 0; i < width; ++i)
        value = value << 8 | bytes[position + (littleEndian ? width - 1 - i : i)];
    return value;
}

}  // namespace

std::optional<TiffNumber> tiffNumber(Bytes bytes, std::uint16_t tag) {
    using namespace std::string_view_literals;
    const bool littleEndian = startsWith(bytes, "II*\0"sv);
    if ((!littleEndian && !startsWith(bytes, "MM\0*"sv)) || bytes.size() < 8) return std::nullopt;
    const std::size_t directory = numberAt(bytes, 4, 4, littleEndian);
    if (directory + 2 > bytes.size()) return std::nullopt;
    const std::size_t count = numberAt(bytes, directory, 2, littleEndian);
    constexpr std::size_t kEntryBytes = 12;  // tag, type, count, value
    for (std::size_t i = 0; i < count; ++i) {
        const std::size_t entry = directory + 2 + i * kEntryBytes;
        if (entry + kEntryBytes > bytes.size()) return std::nullopt;
        if (numberAt(bytes, entry, 2, littleEndian) != tag) continue;
        const std::uint32_t type = numberAt(bytes, entry + 2, 2, littleEndian);
        const std::size_t width = type == 3 ? 2 : type == 4 ? 4 : 0;  // SHORT, LONG
        if (width == 0 || numberAt(bytes, entry + 4, 4, littleEndian) != 1) return std::nullopt;
        return TiffNumber{numberAt(bytes, entry + 8, width, littleEndian), entry + 8, width};
    }
    return std::nullopt;
}

int webpOrientation(Bytes bytes) {
    using namespace std::string_view_literals;
    constexpr std::size_t kChunkHeader = 8;  // name, size
    std::size_t position = 12;               // after "RIFF", size, "WEBP"
    while (position + kChunkHeader <= bytes.size()) {
        const std::size_t size = numberAt(bytes, position + 4, 4, true);
        const Bytes rest = bytes.subspan(position + kChunkHeader);
        if (size > rest.size()) break;
        if (startsWith(bytes.subspan(position), "EXIF"sv)) {
            Bytes exif = rest.first(size);
            if (startsWith(exif, "Exif\0\0"sv)) exif = exif.subspan(6);  // some writers leave JPEG's mark
            const auto orientation = tiffNumber(exif, kTiffOrientation);
            return orientation && orientation->value <= 8 ? static_cast<int>(orientation->value) : 1;
        }
        position += kChunkHeader + size + size % 2;
    }
    return 1;
}

// Where row 0 and column 0 of the stored picture belong.
base::Image oriented(base::Image stored, int orientation) {
    if (orientation < 2 || orientation > 8) return stored;
    const bool transposed = orientation >= 5;
    base::Image out(transposed ? stored.height : stored.width, transposed ? stored.width : stored.height);
    for (int y = 0; y < out.height; ++y) {
        for (int x = 0; x < out.width; ++x) {
            int sourceX = transposed ? y : x;
            int sourceY = transposed ? x : y;
            if (orientation == 2 || orientation == 3 || orientation == 7 || orientation == 8) {
                sourceX = stored.width - 1 - sourceX;
            }
            if (orientation == 3 || orientation == 4 || orientation == 6 || orientation == 7) {
                sourceY = stored.height - 1 - sourceY;
            }
            const std::uint8_t* source = stored.row(sourceY) + static_cast<std::ptrdiff_t>(sourceX) * 3;
            std::uint8_t* target = out.row(y) + static_cast<std::ptrdiff_t>(x) * 3;
            target[0] = source[0];
            target[1] = source[1];
            target[2] = source[2];
        }
    }
    return out;
}

}  // namespace graft::data
