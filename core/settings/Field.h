// SPDX-License-Identifier: GPL-3.0-or-later
// Where in a TrainConfig a setting's value is, and which values it may have. A row of Setting.h is made with
// one of the functions below:
//     number([](auto& c) -> auto& { return c.optimizer.weightDecay; }, from(0, 10))
//     oneOf([](auto& c) -> auto& { return c.precision; }, std::array{Named{Precision::Auto, "auto", ...},
//     ..})
// The lambda takes a config that may or may not be const.
#pragma once

#include <cstdint>
#include <functional>
#include <limits>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "core/base/Message.h"
#include "core/settings/TrainConfig.h"
#include "core/settings/Value.h"

namespace graft::settings {

enum class Kind { Switch, Whole, Number, Colour, Choice, Text };

// Of a number. zero: what 0 stands for, where it is no number like the others: "one per processor".
struct Range {
    double lowest = 0;
    double highest = 0;
    bool withoutLowest = false;
    bool withoutHighest = false;
    std::string zero = {};

    bool holds(double value) const;  // false for what is not finite
    Message text() const;            // "from 1 to 100000", "above 0 and at most 1000"
};
inline Range from(double lowest, double highest, std::string zero = {}) {
    return {lowest, highest, false, false, std::move(zero)};
}
inline Range above(double lowest, double highest) {
    return {lowest, highest, true, false};
}
inline Range below(double lowest, double highest) {
    return {lowest, highest, false, true};
}
inline Range between(double lowest, double highest) {
    return {lowest, highest, true, true};
}

struct Choice {
    std::string name;   // in JSON and on the command line: "adamw"
    std::string label;  // in the window: "AdamW"
    std::string help = {};
};

struct Field {
    Kind kind = Kind::Switch;
    std::function<Value(const TrainConfig&)> get;
    // value: of this kind, in the range, one of the choices. See checked() in Settings.h.
    std::function<void(TrainConfig&, const Value&)> set;
    Range range = {};                  // Whole, Number
    std::vector<Choice> choices = {};  // Choice
};

template <class Access>
Field onOff(Access access) {
    return {Kind::Switch, [access](const TrainConfig& config) -> Value { return access(config); },
            [access](TrainConfig& config, const Value& value) { access(config) = std::get<bool>(value); }};
}

// int or std::uint64_t.
template <class Access>
Field whole(Access access, Range range) {
    using T = std::remove_cvref_t<decltype(access(std::declval<TrainConfig&>()))>;
    using Held = std::conditional_t<std::is_signed_v<T>, std::int64_t, std::uint64_t>;
    return {Kind::Whole,
            [access](const TrainConfig& config) -> Value { return static_cast<Held>(access(config)); },
            [access](TrainConfig& config, const Value& value) {
                access(config) = static_cast<T>(std::get<Held>(value));
            },
            std::move(range)};
}

template <class Access>
Field number(Access access, Range range) {
    return {Kind::Number, [access](const TrainConfig& config) -> Value { return access(config); },
            [access](TrainConfig& config, const Value& value) { access(config) = std::get<double>(value); },
            std::move(range)};
}

// A colour's three numbers; what they may be is for a Rule.
template <class Access>
Field colour(Access access) {
    return {Kind::Colour, [access](const TrainConfig& config) -> Value { return access(config); },
            [access](TrainConfig& config, const Value& value) { access(config) = std::get<Rgb>(value); }};
}

template <class Access>
Field freeText(Access access) {
    return {
        Kind::Text, [access](const TrainConfig& config) -> Value { return access(config); },
        [access](TrainConfig& config, const Value& value) { access(config) = std::get<std::string>(value); }};
}

template <class Enum>
struct Named {
    Enum value;
    const char* name;   // as in Choice
    const char* label;  // a GRAFT_TEXT
};
template <class Enum>
Named(Enum, const char*, const char*) -> Named<Enum>;  // clang 14 deduces none of an aggregate

// names: a list of Named.
template <class Access, class Names>
Field oneOf(Access access, const Names& names) {
    Field field{Kind::Choice,
                [access, names](const TrainConfig& config) -> Value {
                    for (const auto& named : names) {
                        if (named.value == access(config)) return std::string(named.name);
                    }
                    return std::string();
                },
                [access, names](TrainConfig& config, const Value& value) {
                    for (const auto& named : names) {
                        if (named.name == std::get<std::string>(value)) access(config) = named.value;
                    }
                }};
    for (const auto& named : names)
        field.choices.push_back({named.name, named.label});
    return field;
}

// A setting without a place in TrainConfig, such as one that a method brings itself; it lies in
// TrainConfig::own. fallback decides which kind of number it is.
template <class T>
T ownValue(const TrainConfig& config, const std::string& key, T fallback) {
    const auto found = config.own.find(key);
    return found != config.own.end() ? std::get<T>(found->second) : fallback;
}
Field ownNumber(const std::string& key, double fallback, Range range);
Field ownWhole(const std::string& key, std::int64_t fallback, Range range);
Field ownSwitch(const std::string& key, bool fallback);
Field ownText(const std::string& key, const std::string& fallback);
Field ownChoice(const std::string& key, const std::string& fallback, std::vector<Choice> choices);

}  // namespace graft::settings
