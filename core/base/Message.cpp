// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/Message.h"

#include <fmt/format.h>

#include <charconv>

namespace graft::base {

std::string numberText(double value) {
    return fmt::format("{}", value);
}

std::string fillGaps(std::string_view id, const std::vector<std::string>& texts) {
    std::string filled;
    std::size_t at = 0;
    while (at < id.size()) {
        const std::size_t open = id.find('{', at);
        const std::size_t close = open == std::string_view::npos ? open : id.find('}', open);
        if (close == std::string_view::npos) break;
        std::size_t number = 0;
        const auto [end, error] = std::from_chars(id.data() + open + 1, id.data() + close, number);
        const bool isGap =
            error == std::errc() && end == id.data() + close && number >= 1 && number <= texts.size();
        filled += id.substr(at, isGap ? open - at : open + 1 - at);
        if (isGap) filled += texts[number - 1];
        at = isGap ? close + 1 : open + 1;
    }
    return filled.append(id.substr(at));
}

Message Message::words(std::string text) {
    Message message;
    if (!text.empty()) message.m_arguments.emplace_back(std::move(text));
    return message;
}

std::string Message::english() const {
    std::vector<std::string> texts;
    texts.reserve(m_arguments.size());
    for (const Argument& argument : m_arguments)
        texts.push_back(argument.message.empty() ? argument.text : argument.message.front().english());
    if (m_id.empty()) return texts.empty() ? std::string() : texts.front();
    return fillGaps(m_id, texts);
}

}  // namespace graft::base
