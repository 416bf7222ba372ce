// SPDX-License-Identifier: GPL-3.0-or-later
// A setting in words, for `graft-cli train --help` and its page.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "core/settings/Settings.h"

namespace graft::settings {

std::string argumentText(const Setting& setting) {
    std::vector<std::string> names = setting.words;
    for (const Choice& choice : setting.field.choices)
        names.push_back(choice.name);
    if (!names.empty()) return fmt::format("{}", fmt::join(names, "|"));
    switch (setting.field.kind) {
        case Kind::Switch:
            return "";
        case Kind::Whole:
            return "N";
        case Kind::Colour:
            return "R,G,B";
        case Kind::Text:
            return "NAME";
        default:
            return "X";
    }
}

std::string defaultText(const Setting& setting) {
    if (setting.ofWeights) return "the weights'";
    const Value value = setting.field.get(TrainConfig());
    if (setting.field.kind != Kind::Switch) return text(value);
    const bool on = std::get<bool>(value);
    if (setting.words.empty()) return on ? "on" : "off";
    return setting.words.at(on ? 1 : 0);
}

std::string helpText(const Setting& setting) {
    std::string help = setting.label + ": " + setting.help;
    if (!setting.field.range.zero.empty()) help += "; 0: " + setting.field.range.zero;
    const std::string with = goesWith(setting).english();
    return with.empty() ? help : help + "; with " + with;
}

std::string asMarkdown() {
    std::string lines = "| option | in config.json | default | what it is |\n| --- | --- | --- | --- |\n";
    for (const Setting& setting : all()) {
        if (setting.option.empty()) continue;
        std::string option = setting.option;
        if (const std::string argument = argumentText(setting); !argument.empty()) option += " " + argument;
        for (std::size_t at = 0; (at = option.find('|', at)) != option.npos; at += 2)
            option.insert(at, "\\");  // within a table
        lines += fmt::format("| `{}` | `{}` | {} | {} |\n", option, setting.key, defaultText(setting),
                             helpText(setting));
    }
    return lines;
}

}  // namespace graft::settings
