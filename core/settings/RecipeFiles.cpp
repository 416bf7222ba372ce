// SPDX-License-Identifier: GPL-3.0-or-later
// A recipe as a file: {"graft_recipe": 1, "label": ..., "help": ..., "backbone": ..., "trained": ...,
// "frozen_units": [...], "settings": {"optimizer.kind": "adam", ...}}.
#include <algorithm>
#include <array>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "core/backbones/Head.h"
#include "core/base/detail/AtomicFile.h"
#include "core/base/detail/Quoted.h"
#include "core/base/detail/StrictJson.h"
#include "core/base/detail/TextFile.h"
#include "core/settings/Recipes.h"
#include "core/settings/Settings.h"
#include "core/settings/detail/JsonValue.h"

namespace graft::settings {

namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

constexpr const char* kVersionKey = "graft_recipe";
constexpr int kVersion = 1;
constexpr std::array kKeys{kVersionKey, "label", "help", "backbone", "trained", "frozen_units", "settings"};

// Of this machine and this run.
bool isOfRecipe(const Setting& setting) {
    return setting.group != Group::Machine && setting.key != "cache.budget_gigabytes";
}

Message unknownKey(const std::string& key) {
    return {GRAFT_TEXT("{1} is nothing that this version of Graft knows; a newer one may have written it"),
            base::inQuotes(key)};
}

// Throws base::JsonProblem.
Recipe fromJson(const base::StrictJson& json) {
    Recipe recipe;
    for (const std::string& key : json.keys()) {
        if (std::ranges::find(kKeys, key) == kKeys.end()) throw base::JsonProblem(unknownKey(key));
    }
    json.read("label", recipe.label);
    if (json.has("help")) json.read("help", recipe.help);
    if (json.has("backbone")) json.read("backbone", recipe.backbone);
    if (json.has("trained")) json.read("trained", recipe.trained);
    if (json.has("frozen_units")) json.read("frozen_units", recipe.frozenUnits);
    if (!recipe.trained.empty() && !recipe.frozenUnits.empty())
        throw base::JsonProblem(
            GRAFT_TEXT("\"trained\" and \"frozen_units\" say the same thing; one is too much"));
    if (!recipe.trained.empty()) {
        const auto known = freezeFor(recipe.trained, {}, {});
        if (!known) throw base::JsonProblem(known.error().message);
    }
    const base::StrictJson settings = json.at("settings");
    for (const std::string& key : settings.keys()) {
        const Setting* setting = find(key);
        if (setting == nullptr) throw base::JsonProblem(unknownKey(key));
        recipe.settings[key] = valueFrom(settings.at(key), *setting);
    }
    return recipe;
}

// In terms that other backbones have, too; empty where none fits.
std::string termFor(const TrainConfig& config, const std::vector<backbones::UnitSummary>& units) {
    if (config.freeze.frozenUnits.empty()) return "everything";
    const std::vector<backbones::UnitSummary> below = backbones::unitsBelow(config.head, units);
    std::vector<std::string> terms{"head", "last stage"};
    for (std::size_t stages = 2; stages < below.size(); ++stages)
        terms.push_back("last " + std::to_string(stages) + " stages");
    for (const std::string& term : terms) {
        const auto plan = freezeFor(term, config.head, units);
        const bool fits = plan && !below.empty() && std::ranges::all_of(below, [&](const auto& unit) {
                              return plan->isFrozen(unit.name) == config.freeze.isFrozen(unit.name);
                          });
        if (fits) return term;
    }
    return {};
}

}  // namespace

Result<Recipe> readRecipe(const std::string& file) {
    std::error_code error;
    if (!fs::exists(file, error))
        return fail(ErrorCode::NotFound, GRAFT_TEXT("There is no such recipe."), file);
    const auto text = base::readText(file);
    if (!text) return fail(text.error());
    const base::JsonSource source{GRAFT_TEXT("The recipe"), file,
                                  GRAFT_TEXT("Put it right, or save the recipe again.")};
    return base::readJson(*text, source, [&](const base::StrictJson& json) -> Result<Recipe> {
        if (!json.has(kVersionKey))
            return fail(ErrorCode::BadFormat,
                        GRAFT_TEXT("This is no recipe of Graft's; choose another file."), file);
        const int version = json.at(kVersionKey).as<int>();
        if (version > kVersion) {
            return fail(
                ErrorCode::BadFormat,
                {GRAFT_TEXT("The recipe was written by a newer version of Graft (it has the format {1}, and "
                            "this one knows {2}); read it with that one."),
                 version, kVersion},
                file);
        }
        Recipe recipe = fromJson(json);
        recipe.name = fs::path(file).stem().string();
        recipe.file = file;
        return recipe;
    });
}

Result<void> saveRecipe(const TrainConfig& config, const TrainConfig& defaults, const std::string& label,
                        const std::string& file, const std::vector<backbones::UnitSummary>& units) {
    Json json;
    json[kVersionKey] = kVersion;
    json["label"] = label;
    json["help"] = "";
    json["backbone"] = config.backbone;
    if (config.freeze != defaults.freeze) {
        const std::string term = termFor(config, units);
        if (term.empty())
            json["frozen_units"] = config.freeze.frozenUnits;
        else
            json["trained"] = term;
    }
    Json& settings = json["settings"] = Json::object();
    const TrainConfig plain;
    for (const Setting& setting : all()) {
        const Value value = setting.field.get(config);
        if (!isOfRecipe(setting) || !applies(setting, config)) continue;
        // A head that came with a run's model is in nobody else's defaults.
        const bool isUsual = setting.group != Group::Head || value == setting.field.get(plain);
        if (isUsual && value == setting.field.get(defaults)) continue;
        std::visit([&](const auto& held) { settings[setting.key] = held; }, value);
    }
    const std::string folder = fs::path(file).parent_path().string();
    if (!folder.empty()) {
        if (const auto made = base::makeFolder(folder); !made) return fail(made.error());
    }
    return base::writeFileAtomically(file, json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n");
}

}  // namespace graft::settings
