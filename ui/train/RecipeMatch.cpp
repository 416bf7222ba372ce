// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/train/RecipeMatch.h"

#include <algorithm>
#include <set>
#include <string>

#include "core/settings/Settings.h"

namespace graft::ui {

namespace {

constexpr const char* kDiskSpace = "cache.budget_gigabytes";

bool staysAsItIs(const settings::Setting& setting) {
    return setting.ofWeights || setting.group == settings::Group::Data ||
           setting.group == settings::Group::Machine || setting.key == kDiskSpace;
}

bool isFrozenAs(const settings::Recipe& recipe, const settings::TrainConfig& config,
                const settings::TrainConfig& defaults, const backbones::ModelSummary* summary) {
    const std::vector<std::string>& units = recipe.frozenUnits;
    if (!units.empty()) return config.freeze.frozenUnits == std::set<std::string>(units.begin(), units.end());
    if (recipe.trained.empty()) return config.freeze == defaults.freeze;
    if (summary == nullptr || summary->name != config.backbone) return true;
    const auto plan = settings::freezeFor(recipe.trained, config.head, summary->units);
    return plan && *plan == config.freeze;
}

}  // namespace

settings::TrainConfig withoutRecipe(const settings::TrainConfig& config,
                                    const settings::TrainConfig& defaults) {
    settings::TrainConfig base = defaults;
    for (const settings::Setting& setting : settings::all()) {
        if (staysAsItIs(setting)) setting.field.set(base, setting.field.get(config));
    }
    base.datasetFolder = config.datasetFolder;
    return base;
}

bool isRecipe(const settings::Recipe& recipe, const settings::TrainConfig& config,
              const settings::TrainConfig& defaults, const backbones::ModelSummary* summary) {
    const auto isAsSaid = [&](const settings::Setting& setting) {
        if (!settings::applies(setting, config)) return true;
        const auto said = recipe.settings.find(setting.key);
        if (said == recipe.settings.end() && staysAsItIs(setting)) return true;
        const settings::Value value = setting.field.get(config);
        return value == (said != recipe.settings.end() ? said->second : setting.field.get(defaults));
    };
    return std::ranges::all_of(settings::all(), isAsSaid) && isFrozenAs(recipe, config, defaults, summary);
}

}  // namespace graft::ui
