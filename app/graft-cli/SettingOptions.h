// SPDX-License-Identifier: GPL-3.0-or-later
// The table of settings as options of a command: their names, help, defaults and values.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "core/base/Result.h"
#include "core/settings/Phases.h"
#include "core/settings/Settings.h"

namespace CLI {
class App;
}

namespace graft::cli {

class SettingOptions {
  public:
    // An option for each row that has one. command reads into this object, which must not move afterwards.
    void addTo(CLI::App& command);

    // Values that a person has chosen as one; what he gives one by one counts more.
    using Preset = std::function<void(settings::TrainConfig&)>;
    void setPreset(Preset preset) { m_preset = std::move(preset); }
    // The same of a recipe, which counts less than a preset.
    void setRecipe(Preset recipe) { m_recipe = std::move(recipe); }

    bool has(const std::string& key) const { return m_given.contains(key); }
    void applyTo(settings::TrainConfig& config) const;

    // An option that would change nothing is refused: whoever gives it expects something of it. config: with
    // all that was given; phases: of a run whose phases have settings of their own. Errors: InvalidArgument.
    Result<void> checkUsed(const settings::TrainConfig& config,
                           const std::vector<settings::Phase>& phases = {}) const;

  private:
    Preset m_recipe;
    Preset m_preset;
    std::map<std::string, settings::Value> m_given;  // by key
};

}  // namespace graft::cli
