// SPDX-License-Identifier: GPL-3.0-or-later
// What holds for every answer of a reader.
#pragma once

#include <algorithm>
#include <cstdlib>
#include <string>

#include "core/base/Result.h"

namespace graft::fuzz {

inline void require(bool condition) {
    if (!condition) std::abort();
}

// A sentence fit for a terminal: of a sensible length, ended, without control characters.
inline void requireSentence(const Error& error) {
    const std::string text = error.message.english();
    require(text.size() > 10 && text.size() < 1000 && text.back() == '.');
    require(std::ranges::none_of(text, [](char c) { return (c >= 0 && c < ' ') || c == 127; }));
    require(error.code != ErrorCode::Internal && error.code != ErrorCode::OutOfMemory);
}

}  // namespace graft::fuzz
