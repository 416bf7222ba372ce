// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/settings/Field.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cmath>

namespace graft::settings {

namespace {

template <class T>
Field own(Kind kind, const std::string& key, T fallback) {
    return {kind,
            [key, fallback](const TrainConfig& config) -> Value { return ownValue(config, key, fallback); },
            [key](TrainConfig& config, const Value& value) { config.own[key] = std::get<T>(value); }};
}

}  // namespace

std::string text(const Value& value) {
    struct Text {
        std::string operator()(bool on) const { return on ? "true" : "false"; }
        std::string operator()(const std::string& held) const { return held; }
        std::string operator()(const Rgb& held) const { return fmt::format("{}", fmt::join(held, ",")); }
        std::string operator()(std::int64_t held) const { return fmt::format("{}", held); }
        std::string operator()(std::uint64_t held) const { return fmt::format("{}", held); }
        std::string operator()(double held) const { return fmt::format("{}", held); }
    };
    return std::visit(Text{}, value);
}

bool Range::holds(double value) const {
    if (!std::isfinite(value)) return false;
    return (withoutLowest ? value > lowest : value >= lowest) &&
           (withoutHighest ? value < highest : value <= highest);
}

Message Range::text() const {
    const std::string first = settings::text(lowest);
    const std::string last = settings::text(highest);
    if (withoutLowest && withoutHighest) return {GRAFT_TEXT("between {1} and {2}"), first, last};
    if (withoutLowest) return {GRAFT_TEXT("above {1} and at most {2}"), first, last};
    constexpr double kMostUnsigned = 18446744073709551616.0;  // and a double has no more digits
    if (highest >= kMostUnsigned) return {GRAFT_TEXT("from {1} to {2}"), first, UINT64_MAX};
    const Message lower =
        zero.empty() ? Message::words(first) : Message(GRAFT_TEXT("0 ({1})"), Message(zero.c_str()));
    if (withoutHighest) return {GRAFT_TEXT("from {1} to below {2}"), lower, last};
    return {GRAFT_TEXT("from {1} to {2}"), lower, last};
}

Field ownNumber(const std::string& key, double fallback, Range range) {
    Field field = own(Kind::Number, key, fallback);
    field.range = std::move(range);
    return field;
}

Field ownWhole(const std::string& key, std::int64_t fallback, Range range) {
    Field field = own(Kind::Whole, key, fallback);
    field.range = std::move(range);
    return field;
}

Field ownSwitch(const std::string& key, bool fallback) {
    return own(Kind::Switch, key, fallback);
}

Field ownText(const std::string& key, const std::string& fallback) {
    return own(Kind::Text, key, fallback);
}

Field ownChoice(const std::string& key, const std::string& fallback, std::vector<Choice> choices) {
    Field field = own(Kind::Choice, key, fallback);
    field.choices = std::move(choices);
    return field;
}

}  // namespace graft::settings
