// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/graft-cli/SettingOptions.h"

#include <CLI/CLI.hpp>
#include <utility>

namespace graft::cli {

using settings::Kind;
using settings::Setting;

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

Result<void> SettingOptions::checkUsed(const settings::TrainConfig& config) const {
    // What is not given but comes with the weights (their head) was not chosen here.
    settings::TrainConfig chosen;
    applyTo(chosen);
    chosen.freeze = config.freeze;
    for (const auto& [key, value] : m_given) {
        const Setting& setting = *settings::find(key);
        if (settings::applies(setting, chosen)) continue;
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
