// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/settings/Settings.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <utility>

#include "core/base/Either.h"
#include "core/base/detail/Quoted.h"
#include "core/settings/rows/Rows.h"

namespace graft::settings {

namespace {

struct Table {
    std::vector<Setting> settings;
    std::vector<Rule> rules;

    Table() {
        const auto take = [this](Rows rows) {
            std::ranges::move(rows.settings, std::back_inserter(settings));
            std::ranges::move(rows.rules, std::back_inserter(rules));
        };
#define GRAFT_SETTINGS(rows) take(rows());
#include "core/settings/rows/Rows.inc"
#undef GRAFT_SETTINGS
    }
};

Table& table() {
    static Table rows;
    return rows;
}

Message mayBe(const Setting& setting) {
    const Field& field = setting.field;
    switch (field.kind) {
        case Kind::Switch:
            return base::either(setting.words.empty() ? std::vector<std::string>{"true", "false"}
                                                      : setting.words);
        case Kind::Whole:
            return {GRAFT_TEXT("a whole number {1}"), field.range.text()};
        case Kind::Number:
            return {GRAFT_TEXT("a number {1}"), field.range.text()};
        case Kind::Colour:
            return GRAFT_TEXT("three numbers, such as 0.5,0.5,0.5");
        case Kind::Choice: {
            std::vector<std::string> names;
            for (const Choice& choice : field.choices)
                names.push_back(choice.name);
            return base::either(names);
        }
        case Kind::Text:
            break;
    }
    return GRAFT_TEXT("a name");
}

tl::unexpected<Error> refuse(const Setting& setting, const std::string& value) {
    return fail({ErrorCode::InvalidArgument,
                 {GRAFT_TEXT("\"{1}\" is {2}; it must be {3}."), Message(setting.label.c_str()), value,
                  mayBe(setting)},
                 "",
                 setting.key});
}

template <class T>
bool readNumber(std::string_view text, T& number) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    return error == std::errc() && end == text.data() + text.size();
}

bool readRgb(std::string_view text, Rgb& rgb) {
    for (std::size_t i = 0; i < rgb.size(); ++i) {
        const std::size_t end = std::min(text.find(','), text.size());
        if (!readNumber(text.substr(0, end), rgb[i])) return false;
        const bool isLast = end == text.size();
        if (isLast != (i + 1 == rgb.size())) return false;
        text.remove_prefix(isLast ? end : end + 1);
    }
    return true;
}

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t'))
        text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t'))
        text.remove_suffix(1);
    return text;
}

bool isInRange(const Field& field, const Value& value) {
    struct Number {
        double operator()(std::int64_t held) const { return static_cast<double>(held); }
        double operator()(std::uint64_t held) const { return static_cast<double>(held); }
        double operator()(double held) const { return held; }
        double operator()(bool) const { return 0; }
        double operator()(const Rgb&) const { return 0; }
        double operator()(const std::string&) const { return 0; }
    };
    return field.range.holds(std::visit(Number{}, value));
}

// The option of the condition's key with one of its values.
Message goesWithKey(const Condition& condition) {
    const Setting& other = *find(condition.key);
    std::vector<std::string> without;
    for (const Choice& choice : other.field.choices) {
        const bool isOne = std::ranges::find(condition.values, choice.name) != condition.values.end();
        if (!isOne) without.push_back(choice.name);
    }
    if (without.empty() && !other.field.choices.empty()) return {};
    if (without.size() < condition.values.size() && !without.empty())
        return {GRAFT_TEXT("every {1} but {2}"), other.option, base::either(without)};
    return {GRAFT_TEXT("{1} {2}"), other.option, base::either(condition.values)};
}

}  // namespace

std::string groupLabel(Group group) {
    switch (group) {
        case Group::Data:
            return GRAFT_TEXT("Data");
        case Group::Training:
            return GRAFT_TEXT("Training");
        case Group::Optimizer:
            return GRAFT_TEXT("Optimizer");
        case Group::Schedule:
            return GRAFT_TEXT("Schedule");
        case Group::Phases:
            return GRAFT_TEXT("Phases");
        case Group::Loss:
            return GRAFT_TEXT("Loss");
        case Group::Head:
            return GRAFT_TEXT("Head");
        case Group::Augmentation:
            return GRAFT_TEXT("Augmentation");
        case Group::Images:
            return GRAFT_TEXT("Images");
        case Group::Cache:
            return GRAFT_TEXT("Feature cache");
        case Group::Machine:
            break;
    }
    return GRAFT_TEXT("Machine");
}

const std::vector<Setting>& all() {
    return table().settings;
}

const Setting* find(std::string_view key) {
    const auto found = std::ranges::find(all(), key, &Setting::key);
    return found != all().end() ? &*found : nullptr;
}

void add(Setting setting) {
    auto& settings = table().settings;
    // With its group.
    const auto last = std::find_if(settings.rbegin(), settings.rend(), [&](const Setting& other) {
                          return other.group == setting.group;
                      }).base();
    settings.insert(last, std::move(setting));
}

void addMethod(const std::string& key, const Method& method) {
    addMethod(table().settings, key, method);
}

bool applies(const Setting& setting, const TrainConfig& config) {
    const Condition& condition = setting.applies;
    if (condition.holds && !condition.holds(config)) return false;
    if (condition.key.empty()) return true;
    const Setting& other = *find(condition.key);
    return applies(other, config) &&
           std::ranges::find(condition.values, text(other.field.get(config))) != condition.values.end();
}

Message goesWith(const Setting& setting) {
    const Condition& condition = setting.applies;
    if (condition.key.empty() || (!condition.holds && !condition.goesWith.empty())) return condition.goesWith;
    const Message byKey = goesWithKey(condition);
    if (byKey.empty() || condition.goesWith.empty()) return byKey.empty() ? condition.goesWith : byKey;
    return {GRAFT_TEXT("{1} and {2}"), byKey, condition.goesWith};
}

std::string pixelText(const TrainConfig& config) {
    std::string whole;
    for (const Setting& setting : all()) {
        if (!setting.changesPixels) continue;
        const Value value = setting.field.get(config);
        if (!setting.whenAbsent) {
            whole += (whole.empty() ? "" : " ") + text(value);
        } else if (value != *setting.whenAbsent && applies(setting, config)) {
            whole += fmt::format(" {}={}", setting.key, text(value));
        }
    }
    return whole;
}

Result<Value> parsed(const Setting& setting, const std::string& given) {
    const std::string_view text = trimmed(given);
    const auto wrong = [&] { return refuse(setting, base::inQuotes(given)); };
    switch (setting.field.kind) {
        case Kind::Switch: {
            const std::vector<std::string> words =
                setting.words.empty() ? std::vector<std::string>{"false", "true"} : setting.words;
            const auto word = std::ranges::find(words, text);
            if (word == words.end()) return wrong();
            return checked(setting, word != words.begin());
        }
        case Kind::Whole: {
            if (text.size() > 1 && text.front() == '0') return wrong();  // eight to some, ten to others
            const bool isUnsigned = std::holds_alternative<std::uint64_t>(setting.field.get(TrainConfig()));
            std::int64_t number = 0;
            std::uint64_t unsignedNumber = 0;
            if (!(isUnsigned ? readNumber(text, unsignedNumber) : readNumber(text, number))) return wrong();
            return checked(setting, isUnsigned ? Value(unsignedNumber) : Value(number));
        }
        case Kind::Number: {
            double number = 0;
            if (!readNumber(text, number)) return wrong();
            return checked(setting, number);
        }
        case Kind::Colour: {
            Rgb rgb{};
            if (!readRgb(text, rgb)) return wrong();
            return checked(setting, rgb);
        }
        case Kind::Text:
            if (text.empty()) return wrong();
            break;
        case Kind::Choice:
            break;
    }
    return checked(setting, std::string(text));
}

Result<Value> checked(const Setting& setting, const Value& value) {
    const Field& field = setting.field;
    const bool isNumber = field.kind == Kind::Whole || field.kind == Kind::Number;
    if (isNumber && !isInRange(field, value)) return refuse(setting, text(value));
    if (field.kind == Kind::Choice &&
        std::ranges::find(field.choices, std::get<std::string>(value), &Choice::name) == field.choices.end())
        return refuse(setting, base::inQuotes(std::get<std::string>(value)));
    return value;
}

Result<void> validate(const TrainConfig& config) {
    for (const Setting& setting : all()) {
        if (const auto good = checked(setting, setting.field.get(config)); !good) return fail(good.error());
    }
    for (const Rule& rule : table().rules) {
        if (!rule.holds(config)) return fail({ErrorCode::InvalidArgument, rule.sentence, "", rule.key});
    }
    return {};
}

void keepChanged(TrainConfig& fresh, const TrainConfig& now, const TrainConfig& before) {
    for (const Setting& setting : all()) {
        const Value value = setting.field.get(now);
        if (!setting.ofWeights && value != setting.field.get(before)) setting.field.set(fresh, value);
    }
    fresh.datasetFolder = now.datasetFolder;
}

}  // namespace graft::settings
