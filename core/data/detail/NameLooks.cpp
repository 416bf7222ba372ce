// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/detail/NameLooks.h"

#include <utf8proc.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <utility>

namespace graft::data {

namespace {

// After case folding. Latin first, then what looks like it.
constexpr std::pair<char, std::u32string_view> kLookAlikes[] = {
    {'a', U"аα"}, {'c', U"сϲ"}, {'d', U"ԁ"},  {'e', U"еҽ"}, {'h', U"һ"},   {'i', U"іıι"},
    {'j', U"ј"},  {'k', U"кκ"}, {'m', U"м"},  {'n', U"п"},  {'o', U"оοօ"}, {'p', U"рρ"},
    {'q', U"ԛ"},  {'s', U"ѕ"},  {'t', U"тτ"}, {'u', U"υս"}, {'v', U"ѵν"},  {'w', U"ԝω"},
    {'x', U"хχ"}, {'y', U"уγ"}, {'b', U"вβ"}, {'z', U"ζ"},  {'g', U"ց"},   {'l', U"ӏ"}};

// The name mapped by utf8proc; as it is where it is no UTF-8.
std::string mapped(const std::string& name, int options) {
    utf8proc_uint8_t* out = nullptr;
    const utf8proc_ssize_t length = utf8proc_map(reinterpret_cast<const utf8proc_uint8_t*>(name.data()),
                                                 static_cast<utf8proc_ssize_t>(name.size()), &out,
                                                 static_cast<utf8proc_option_t>(options));
    std::string text =
        length < 0 ? name : std::string(reinterpret_cast<char*>(out), static_cast<std::size_t>(length));
    std::free(out);
    return text;
}

constexpr int kNormal = UTF8PROC_COMPOSE | UTF8PROC_STABLE;
constexpr int kFolded = kNormal | UTF8PROC_CASEFOLD;
constexpr int kVisible = kFolded | UTF8PROC_COMPAT | UTF8PROC_IGNORE | UTF8PROC_LUMP;

std::string withoutSpaces(std::string text) {
    std::erase_if(text, [](unsigned char c) { return c == ' ' || (c >= '\t' && c <= '\r'); });
    return text;
}

std::string withLatinLetters(const std::string& text) {
    std::string out;
    const auto* bytes = reinterpret_cast<const utf8proc_uint8_t*>(text.data());
    auto left = static_cast<utf8proc_ssize_t>(text.size());
    while (left > 0) {
        utf8proc_int32_t point = 0;
        const utf8proc_ssize_t used = utf8proc_iterate(bytes, left, &point);
        if (used <= 0) return text;
        const auto* const found = std::ranges::find_if(kLookAlikes, [point](const auto& row) {
            return row.second.find(static_cast<char32_t>(point)) != std::u32string_view::npos;
        });
        if (found == std::end(kLookAlikes)) {
            out.append(reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(used));
        } else {
            out += found->first;
        }
        bytes += used;
        left -= used;
    }
    return out;
}

}  // namespace

bool isUtf8(const std::string& text) {
    const auto* bytes = reinterpret_cast<const utf8proc_uint8_t*>(text.data());
    auto left = static_cast<utf8proc_ssize_t>(text.size());
    for (utf8proc_int32_t point = 0; left > 0;) {
        const utf8proc_ssize_t used = utf8proc_iterate(bytes, left, &point);
        if (used <= 0) return false;
        bytes += used;
        left -= used;
    }
    return true;
}

std::string looksOf(const std::string& name) {
    return withLatinLetters(withoutSpaces(mapped(name, kVisible)));
}

Message differenceBetween(const std::string& a, const std::string& b) {
    if (mapped(a, kNormal) == mapped(b, kNormal)) return GRAFT_TEXT("how Unicode writes the same letters");
    if (mapped(a, kFolded) == mapped(b, kFolded)) return GRAFT_TEXT("upper and lower case");
    if (withoutSpaces(mapped(a, kFolded)) == withoutSpaces(mapped(b, kFolded)))
        return GRAFT_TEXT("white space");
    if (withoutSpaces(mapped(a, kVisible)) == withoutSpaces(mapped(b, kVisible)))
        return GRAFT_TEXT("characters that cannot be seen or look the same");
    return GRAFT_TEXT("letters that look the same");
}

}  // namespace graft::data
