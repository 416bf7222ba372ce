// SPDX-License-Identifier: GPL-3.0-or-later
// Numbers out of JSON that people and other programs may have edited: nlohmann's own conversions let a
// fraction, or 1e30, become an integer of any value.
#pragma once

#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>
#include <string>
#include <type_traits>

namespace graft::base {

// json.at(key) as an integer that is one and fits. Throws nlohmann's exceptions.
template <class Integer, class Json>
Integer integerAt(const Json& json, const std::string& key) {
    static_assert(std::is_integral_v<Integer>);
    const Json& value = json.at(key);
    const auto wrong = [&] {
        return nlohmann::detail::out_of_range::create(406, key + " is no whole number that fits", &value);
    };
    if (!value.is_number_integer()) throw wrong();
    if (value.is_number_unsigned()) {
        const auto number = value.template get<std::uint64_t>();
        if (number > static_cast<std::uint64_t>(std::numeric_limits<Integer>::max())) throw wrong();
        return static_cast<Integer>(number);
    }
    const auto number = value.template get<std::int64_t>();  // negative
    if (std::is_unsigned_v<Integer> ||
        number < static_cast<std::int64_t>(std::numeric_limits<Integer>::min()))
        throw wrong();
    return static_cast<Integer>(number);
}

// json.at(key) as a finite number. Throws nlohmann's exceptions.
template <class Json>
double finiteAt(const Json& json, const std::string& key) {
    const Json& value = json.at(key);
    const double number = value.template get<double>();
    if (!std::isfinite(number))
        throw nlohmann::detail::out_of_range::create(406, key + " is no finite number", &value);
    return number;
}

}  // namespace graft::base
