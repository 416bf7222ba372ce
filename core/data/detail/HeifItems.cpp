// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/detail/HeifItems.h"

#include <algorithm>
#include <cstddef>
#include <map>
#include <utility>

namespace graft::data {

namespace {

using Bytes = std::span<const std::uint8_t>;
using Id = std::uint64_t;

// Big endian; 0 where the bytes end before it.
std::uint64_t numberAt(Bytes bytes, std::size_t position, std::size_t width) {
    if (position > bytes.size() || bytes.size() - position < width) return 0;
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < width; ++i)
        value = value << 8 | bytes[position + i];
    return value;
}

std::string textAt(Bytes bytes, std::size_t position) {
    if (position > bytes.size() || bytes.size() - position < 4) return {};
    return {reinterpret_cast<const char*>(bytes.data()) + position, 4};
}

Bytes behind(Bytes bytes, std::size_t count) {
    return bytes.subspan(std::min(count, bytes.size()));
}

// visit(type, content) for each box, to the first that does not fit.
template <class Visit>
void eachBox(Bytes bytes, const Visit& visit) {
    while (bytes.size() >= 8) {
        std::uint64_t size = numberAt(bytes, 0, 4);
        const std::size_t header = size == 1 ? 16 : 8;
        if (size == 1) size = numberAt(bytes, 8, 8);
        if (size == 0) size = bytes.size();  // to the end of the file
        if (size < header || size > bytes.size()) return;
        visit(textAt(bytes, 4), bytes.subspan(header, size - header));
        bytes = bytes.subspan(size);
    }
}

struct Meta {
    Id primary = 0;
    std::map<Id, std::string> types;
    std::map<Id, Id> madeOf;  // the first of the items that it is made of
};

void readInformation(Bytes box, Meta& meta) {
    const bool isWide = numberAt(box, 0, 1) > 0;
    eachBox(behind(box, isWide ? 8 : 6), [&](const std::string& type, Bytes item) {
        const std::uint64_t version = numberAt(item, 0, 1);
        if (type != "infe" || version < 2) return;
        const std::size_t width = version == 2 ? 2 : 4;
        meta.types[numberAt(item, 4, width)] = textAt(item, 4 + width + 2);  // behind the protection
    });
}

void readReferences(Bytes box, Meta& meta) {
    const std::size_t width = numberAt(box, 0, 1) == 0 ? 2 : 4;
    eachBox(behind(box, 4), [&](const std::string& type, Bytes reference) {
        if (type == "dimg")
            meta.madeOf[numberAt(reference, 0, width)] = numberAt(reference, width + 2, width);
    });
}

Meta readMeta(Bytes box) {
    Meta meta;
    eachBox(behind(box, 4), [&](const std::string& type, Bytes content) {
        if (type == "pitm") meta.primary = numberAt(content, 4, numberAt(content, 0, 1) == 0 ? 2 : 4);
        if (type == "iinf") readInformation(content, meta);
        if (type == "iref") readReferences(content, meta);
    });
    return meta;
}

std::string codingOf(const Meta& meta) {
    Id item = meta.primary;
    for (int depth = 0; depth < 8; ++depth) {  // forged files lead in a circle
        const auto type = meta.types.find(item);
        if (type == meta.types.end()) return {};
        const auto next = meta.madeOf.find(item);
        if (next == meta.madeOf.end()) return type->second;
        item = next->second;
    }
    return {};
}

constexpr std::pair<std::string_view, std::string_view> kNames[] = {
    {"av01", "AV1"},  {"hvc1", "HEVC"},      {"avc1", "H.264"}, {"vvc1", "VVC"},
    {"jpeg", "JPEG"}, {"j2k1", "JPEG 2000"}, {"evc1", "EVC"}};

}  // namespace

HeifItems heifItems(Bytes bytes) {
    HeifItems items;
    bool hasMeta = false;
    eachBox(bytes, [&](const std::string& type, Bytes content) {
        if (type == "moov") items.isMovie = true;
        if (type != "meta" || hasMeta) return;
        hasMeta = true;
        items.coding = codingOf(readMeta(content));
    });
    items.isMovie = items.isMovie && !hasMeta;
    return items;
}

Message codingName(std::string_view coding) {
    const auto* const found =
        std::ranges::find(kNames, coding, &std::pair<std::string_view, std::string_view>::first);
    if (found == std::end(kNames)) return GRAFT_TEXT("an unusual coding");
    return Message::words(std::string(found->second));
}

}  // namespace graft::data
