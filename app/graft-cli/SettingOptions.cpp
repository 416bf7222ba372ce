// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/graft-cli/SettingOptions.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <utility>

namespace graft::cli {

using settings::Kind;
using settings::Setting;

namespace {

bool isUsed(const Setting& setting, const settings::TrainConfig& chosen,
            const std::vector<settings::Phase>& phases) {
    if (phases.empty()) return settings::applies(setting, chosen);
    return std::ranges::any_of(phases, [&](const settings::Phase& phase) {
        return !phase.settings.contains(setting.key) &&
               settings::applies(setting, settings::configOf(chosen, phase));
    });
}

}  // namespace

void SettingOptions::addTo(CLI::App& command) {
    for (const Setting& setting : settings::all()) {
        if (setting.option.empty()) continue;
        const std::string key = setting.key;
        if (setting.field.kind == Kind::Switch && setting.words.empty()) {
            const bool on = !setting.option.starts_with("--no-");
            command.add_flag_callback(
                setting.option, [this, key, on] { m_given[key] = on; },
                on ? settings::helpText(setting) : "Not: " + settings::helpText(setting));
            continue;
        }
        command
            .add_option_function<std::string>(
                setting.option,
                [this, key, option = setting.option](const std::string& text) {
                    auto value = settings::parsed(*settings::find(key), text);
                    if (!value) throw CLI::ValidationError(option, value.error().message.english());
                    m_given[key] = std::move(*value);
                },
                settings::helpText(setting))
            ->type_name(settings::argumentText(setting))
            ->default_str(settings::defaultText(setting));
    }
}

void SettingOptions::applyTo(settings::TrainConfig& config) const {
    if (m_recipe) m_recipe(config);
    if (m_preset) m_preset(config);
    for (const auto& [key, value] : m_given)
        settings::find(key)->field.set(config, value);
}

Result<void> SettingOptions::checkUsed(const settings::TrainConfig& config,
                                       const std::vector<settings::Phase>& phases) const {
    // What is not given but comes with the weights (their head) was not chosen here.
    settings::TrainConfig chosen;
    applyTo(chosen);
    chosen.freeze = config.freeze;
    for (const auto& [key, value] : m_given) {
        const Setting& setting = *settings::find(key);
        if (isUsed(setting, chosen, phases) || setting.applies.idle == value) continue;
        const auto setsIt = [&](const settings::Phase& phase) { return phase.settings.contains(key); };
        if (!phases.empty() && std::ranges::all_of(phases, setsIt)) {
            return fail({ErrorCode::InvalidArgument,
                         {GRAFT_TEXT("{1} changes nothing here: every phase sets its own. Leave it out, or "
                                     "take it out of a phase."),
                          setting.option},
                         "",
                         key});
        }
        return fail(
            {ErrorCode::InvalidArgument,
             {GRAFT_TEXT("{1} changes nothing here: it goes with {2}. Leave it out, or give that too."),
              setting.option, settings::goesWith(setting)},
             "",
             key});
    }
    return {};
}

}  // namespace graft::cli
