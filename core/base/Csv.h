// SPDX-License-Identifier: GPL-3.0-or-later
// CSV as RFC 4180 has it.
#pragma once

#include <istream>
#include <string>
#include <vector>

namespace graft::base {

inline std::string csvField(const std::string& text) {
    if (text.find_first_of(",\"\n\r") == std::string::npos) return text;
    std::string quoted = "\"";
    for (const char c : text) {
        if (c == '"') quoted += '"';
        quoted += c;
    }
    return quoted + '"';
}

inline std::string csvLine(const std::vector<std::string>& fields, bool endLine = true) {
    std::string line;
    for (std::size_t i = 0; i < fields.size(); ++i)
        line += (i > 0 ? "," : "") + csvField(fields[i]);
    return endLine ? line + '\n' : line;
}

// One record, which may span lines. False at the end.
inline bool readCsvLine(std::istream& in, std::vector<std::string>& fields) {
    fields.assign(1, "");
    bool inQuotes = false;
    bool any = false;
    for (int c = in.get(); c != std::istream::traits_type::eof(); c = in.get()) {
        any = true;
        if (inQuotes) {
            if (c != '"') {
                fields.back() += static_cast<char>(c);
            } else if (in.peek() == '"') {
                fields.back() += static_cast<char>(in.get());
            } else {
                inQuotes = false;
            }
        } else if (c == '"') {
            inQuotes = true;
        } else if (c == ',') {
            fields.emplace_back();
        } else if (c == '\n') {
            return true;
        } else if (c != '\r') {
            fields.back() += static_cast<char>(c);
        }
    }
    return any;
}

}  // namespace graft::base
