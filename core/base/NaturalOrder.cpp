// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/NaturalOrder.h"

#include <cstddef>

namespace graft::base {

namespace {

bool isDigit(char letter) {
    return letter >= '0' && letter <= '9';
}

unsigned char folded(char letter) {
    const bool isUpper = letter >= 'A' && letter <= 'Z';
    return static_cast<unsigned char>(isUpper ? letter - 'A' + 'a' : letter);
}

// Cuts the number off the front, and gives it without leading zeros.
std::string_view takeNumber(std::string_view& text) {
    std::size_t end = 0;
    while (end < text.size() && isDigit(text[end]))
        ++end;
    std::string_view number = text.substr(0, end);
    text.remove_prefix(end);
    while (number.size() > 1 && number.front() == '0')
        number.remove_prefix(1);
    return number;
}

// Below, at or above 0, as a comes before, with or behind b.
int compareNumbers(std::string_view a, std::string_view b) {
    if (a.size() != b.size()) return a.size() < b.size() ? -1 : 1;
    return a.compare(b);
}

}  // namespace

bool naturallyBefore(std::string_view a, std::string_view b) {
    std::string_view left = a;
    std::string_view right = b;
    while (!left.empty() && !right.empty()) {
        if (isDigit(left.front()) && isDigit(right.front())) {
            const std::string_view number = takeNumber(left);
            const int order = compareNumbers(number, takeNumber(right));
            if (order != 0) return order < 0;
            continue;
        }
        if (folded(left.front()) != folded(right.front()))
            return folded(left.front()) < folded(right.front());
        left.remove_prefix(1);
        right.remove_prefix(1);
    }
    if (left.empty() != right.empty()) return left.empty();
    return a < b;
}

}  // namespace graft::base
