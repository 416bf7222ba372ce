// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <string_view>

namespace graft::cli {

// The bytes of the lines that have their end, as a kill may have cut the last one off. In CSV a quoted field
// may hold a line's end: the last whole line ends where the quotes are balanced.
inline std::size_t wholeLines(std::string_view content, bool isCsv) {
    std::size_t whole = 0;
    bool inQuotes = false;
    for (std::size_t i = 0; i < content.size(); ++i) {
        if (isCsv && content[i] == '"') inQuotes = !inQuotes;
        if (content[i] == '\n' && !inQuotes) whole = i + 1;
    }
    return whole;
}

}  // namespace graft::cli
