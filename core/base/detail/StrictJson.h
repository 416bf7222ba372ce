// SPDX-License-Identifier: GPL-3.0-or-later
// JSON that people and other programs may have edited, read without trust: nlohmann's own conversions let a
// fraction, or 1e30, become an integer of any value. A value that is not what is asked for is a sentence that
// names it by its way through the document: "optimizer.momentum" is no finite number.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "core/base/Result.h"

namespace graft::base {

// What is wrong with the document. Caught by readJson() alone.
class JsonProblem : public std::runtime_error {
  public:
    explicit JsonProblem(Message message)
        : std::runtime_error(message.english()), m_message(std::move(message)) {}

    const Message& message() const { return m_message; }

  private:
    Message m_message;
};

// One value of a document that outlives it. Everything throws JsonProblem.
class StrictJson {
  public:
    StrictJson(const nlohmann::json& value, std::string name) : m_value(value), m_name(std::move(name)) {}

    bool has(const std::string& key) const { return m_value.is_object() && m_value.contains(key); }
    bool isNumber() const { return m_value.is_number(); }
    bool isNull() const { return m_value.is_null(); }
    StrictJson at(const std::string& key) const;
    std::vector<StrictJson> items() const;  // of a list
    std::vector<std::string> keys() const;  // of an object

    // bool, integers, double and float (finite), std::string, std::vector and std::array of these.
    template <class T>
    T as() const {
        T value{};
        convert(value);
        return value;
    }
    template <class T>
    void read(const std::string& key, T& target) const {
        target = at(key).as<T>();
    }

    [[noreturn]] void refuse(const Message& what) const;  // "NAME" what

  private:
    void convert(bool& value) const;
    void convert(std::string& value) const;
    void convert(double& value) const;
    void convert(float& value) const;
    template <class T, class = std::enable_if_t<std::is_integral_v<T>>>
    void convert(T& value) const {
        using Limits = std::numeric_limits<T>;
        if (!m_value.is_number_integer()) refuse(GRAFT_TEXT("is no whole number"));
        if (m_value.is_number_unsigned()) {
            const auto number = m_value.get<std::uint64_t>();
            if (number > static_cast<std::uint64_t>(Limits::max()))
                refuse(GRAFT_TEXT("is too large a number"));
            value = static_cast<T>(number);
            return;
        }
        const auto number = m_value.get<std::int64_t>();  // negative
        if (!std::is_signed_v<T> || number < static_cast<std::int64_t>(Limits::min()))
            refuse(GRAFT_TEXT("is too small a number"));
        value = static_cast<T>(number);
    }
    template <class T>
    void convert(std::vector<T>& values) const {
        for (const StrictJson& item : items())
            values.push_back(item.as<T>());
    }
    template <class T, std::size_t N>
    void convert(std::array<T, N>& values) const {
        const auto all = as<std::vector<T>>();
        if (all.size() != N) refuse({GRAFT_TEXT("is no list of {1}"), N});
        std::copy(all.begin(), all.end(), values.begin());
    }

    const nlohmann::json& m_value;
    std::string m_name;  // empty for the document itself
};

// For the sentence of what cannot be read: "WHAT is damaged: the problem. REMEDY"
struct JsonSource {
    Message what;  // "The run's configuration"
    std::string path;
    Message remedy = {};  // a sentence; may be empty
};

// problem: with or without a full stop.
Error damaged(const JsonSource& source, const Message& problem);  // BadFormat

// Of a key that stands twice the last value counts. Objects are maps: ordered_json looks through all keys for
// each new one, which takes hours for a few hundred thousand. Throws JsonProblem.
nlohmann::json parseJson(const std::string& text);

// read(StrictJson) of the document, whatever Result<T> it gives. Errors: BadFormat, and read's own.
template <class Read>
auto readJson(const std::string& text, const JsonSource& source, Read read)
    -> decltype(read(std::declval<const StrictJson&>())) {
    try {
        const nlohmann::json json = parseJson(text);
        return read(StrictJson(json, ""));
    } catch (const JsonProblem& problem) {
        return fail(damaged(source, problem.message()));
    }
}

}  // namespace graft::base
