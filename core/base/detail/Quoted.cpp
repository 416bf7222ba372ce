// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/detail/Quoted.h"

#include <algorithm>
#include <cstddef>

namespace graft::base {

namespace {

// Bytes of the UTF-8 character at the start, 0 if there is none that may be shown (RFC 3629).
std::size_t characterBytes(std::string_view text) {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const unsigned first = byte(0);
    if (first < 0x80) return first >= 0x20 && first != 0x7f ? 1 : 0;
    const std::size_t size = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
    if (first < 0xc2 || first > 0xf4 || text.size() < size) return 0;
    for (std::size_t i = 1; i < size; ++i) {
        if ((byte(i) & 0xc0) != 0x80) return 0;
    }
    const unsigned second = byte(1);
    const bool wrong =
        (first == 0xc2 && second < 0xa0) ||  // control characters again
        (first == 0xe0 && second < 0xa0) || (first == 0xed && second > 0x9f) ||
        (first == 0xf0 && second < 0x90) || (first == 0xf4 && second > 0x8f) ||
        (first == 0xe2 && (second == 0x80 || second == 0x81));  // marks that turn the text round
    return wrong ? 0 : size;
}

}  // namespace

std::string printable(std::string_view name) {
    constexpr std::size_t kMost = 200;
    std::string text;
    while (!name.empty()) {
        const std::size_t size = characterBytes(name);
        if (text.size() + std::max<std::size_t>(size, 1) > kMost) {
            text += "..";
            break;
        }
        text += size == 0 ? std::string_view("?") : name.substr(0, size);
        name.remove_prefix(std::max<std::size_t>(size, 1));
    }
    return text;
}

std::string inQuotes(std::string_view name) {
    return "\"" + printable(name) + "\"";
}

}  // namespace graft::base
