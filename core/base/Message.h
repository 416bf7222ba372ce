// SPDX-License-Identifier: GPL-3.0-or-later
// A sentence as data: its text id, which is the English sentence with numbered gaps, and what stands in
// these. Core prints english(); the window looks the same id up in its language. Nothing is glued from
// fragments: a sentence within a sentence is an argument.
//     Message(GRAFT_TEXT("{1} of the {2} images could not be read."), lost, total)
#pragma once

#include <concepts>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "core/base/Text.h"

namespace graft::base {

class Message;

// A number in the shortest form that reads back as the same.
std::string numberText(double value);

class Message {
  public:
    struct Argument;

    Message() = default;
    // id: marked with GRAFT_TEXT. {1} stands for the first of the arguments: text, numbers, Messages. A gap
    // without an argument stays as it is, so that braces can be written.
    template <class... Arguments>
    Message(const char* id, Arguments&&... arguments);
    // The words of a person, of the system or of a library, which no one translates.
    static Message words(std::string text);

    // Empty for words().
    const std::string& id() const { return m_id; }
    const std::vector<Argument>& arguments() const { return m_arguments; }
    bool empty() const { return m_id.empty() && m_arguments.empty(); }

    std::string english() const;

    bool operator==(const Message& other) const { return english() == other.english(); }

  private:
    std::string m_id;
    std::vector<Argument> m_arguments;
};

struct Message::Argument {
    std::string text;
    std::vector<Message> message;  // one, or none: then it is the text

    Argument(Message inner) { message.push_back(std::move(inner)); }
    Argument(std::string words) : text(std::move(words)) {}
    Argument(std::string_view words) : text(words) {}
    Argument(const char* words) : text(words) {}
    Argument(double number) : text(numberText(number)) {}
    template <std::integral Number>
    requires(!std::same_as<Number, bool> && !std::same_as<Number, char>) Argument(Number number)
        : text(std::to_string(number)) {}
};

template <class... Arguments>
Message::Message(const char* id, Arguments&&... arguments) : m_id(id) {
    m_arguments.reserve(sizeof...(arguments));
    (m_arguments.emplace_back(std::forward<Arguments>(arguments)), ...);
}

// The id with its gaps filled. texts: of the arguments, in the language of the id.
std::string fillGaps(std::string_view id, const std::vector<std::string>& texts);

}  // namespace graft::base

namespace graft {
using base::Message;
}  // namespace graft
