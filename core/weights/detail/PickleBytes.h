// SPDX-License-Identifier: GPL-3.0-or-later
// The numbers and texts of a pickle, as they lie in its bytes (Python's Lib/pickletools.py).
#pragma once

#include <algorithm>
#include <bit>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <variant>

#include "core/base/Message.h"

namespace graft::weights {

// Thrown while a pickle is read; readPickle turns it into an Error.
struct DamagedPickle {
    Message what;
};

[[noreturn]] inline void damaged(const Message& what) {
    throw DamagedPickle{what};
}

class PickleBytes {
  public:
    explicit PickleBytes(std::span<const std::uint8_t> bytes) : m_bytes(bytes) {}

    std::span<const std::uint8_t> all() const { return m_bytes; }
    std::size_t position() const { return m_position; }

    std::span<const std::uint8_t> take(std::uint64_t count) {
        if (count > m_bytes.size() - m_position) damaged(GRAFT_TEXT("it ends too early"));
        const auto part = m_bytes.subspan(m_position, count);
        m_position += count;
        return part;
    }
    std::uint64_t number(std::size_t width) {  // little endian, at most 8 bytes
        std::uint64_t value = 0;
        const auto part = take(width);
        for (std::size_t i = 0; i < width; ++i)
            value |= static_cast<std::uint64_t>(part[i]) << (8 * i);
        return value;
    }
    std::string text(std::uint64_t length) {
        const auto part = take(length);
        return {part.begin(), part.end()};
    }
    std::string line() {
        const auto rest = m_bytes.subspan(m_position);
        const auto* end = std::find(rest.data(), rest.data() + rest.size(), '\n');
        if (end == rest.data() + rest.size()) damaged(GRAFT_TEXT("it ends too early"));
        std::string text(rest.data(), end);
        m_position += text.size() + 1;
        return text;
    }
    // Python's whole numbers have no end. What 64 bits do not hold (a seed, say) comes near enough: no
    // tensor's size is that large.
    using Whole = std::variant<std::int64_t, double>;
    Whole longNumber(std::uint64_t width) {  // little endian, two's complement
        const auto part = take(width);
        const bool negative = width > 0 && (part[width - 1] & 0x80) != 0;
        if (width <= 8) {
            std::uint64_t value = negative && width < 8 ? ~std::uint64_t{0} << (8 * width) : 0;
            for (std::size_t i = 0; i < width; ++i)
                value |= static_cast<std::uint64_t>(part[i]) << (8 * i);
            return static_cast<std::int64_t>(value);
        }
        if (width > 32) damaged(GRAFT_TEXT("a number is too large"));
        double value = negative ? -1 : 0;
        for (std::size_t i = width; i > 0; --i)
            value = value * 256 + part[i - 1];
        return value;
    }
    Whole numberLine() {  // "5" or "5L"
        std::string text = line();
        if (text.ends_with('L')) text.pop_back();
        std::int64_t whole = 0;
        if (parse(text, whole)) return whole;
        double value = 0;
        if (text.size() > 80 || !parse(text, value)) damaged(GRAFT_TEXT("a number is none, or too large"));
        return value;
    }
    double realLine() {
        double value = 0;
        if (!parse(line(), value)) damaged(GRAFT_TEXT("a number is none, or too large"));
        return value;
    }
    double real() {  // big endian
        std::uint64_t bits = 0;
        for (const std::uint8_t byte : take(8))
            bits = bits << 8 | byte;
        return std::bit_cast<double>(bits);
    }

  private:
    template <class Number>
    static bool parse(const std::string& text, Number& value) {
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
        return error == std::errc() && end == text.data() + text.size();
    }

    std::span<const std::uint8_t> m_bytes;
    std::size_t m_position = 0;
};

}  // namespace graft::weights
