// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/settings/Recipes.h"

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <iterator>
#include <optional>
#include <string_view>
#include <utility>

#include "core/backbones/Head.h"
#include "core/base/detail/Quoted.h"
#include "core/base/detail/XdgFolders.h"
#include "core/settings/Settings.h"

namespace graft::settings {

namespace recipes {
#define GRAFT_RECIPE(recipe) Recipe recipe();
#include "core/settings/recipes/Recipes.inc"
#undef GRAFT_RECIPE
}  // namespace recipes

namespace {

namespace fs = std::filesystem;

// A stage with less than this part of the weights is a norm behind the last blocks (of DenseNet, Swin, ViT)
// and counts with the stage before it.
constexpr std::int64_t kSmallest = 1000;

// "last stage": 1, "last 2 stages": 2. None for other words.
std::optional<int> stagesIn(std::string_view trained) {
    constexpr std::string_view kBefore = "last ";
    constexpr std::string_view kBehind = " stages";
    if (trained == "last stage") return 1;
    if (!trained.starts_with(kBefore) || !trained.ends_with(kBehind)) return std::nullopt;
    if (trained.size() <= kBefore.size() + kBehind.size()) return std::nullopt;
    const std::string_view digits =
        trained.substr(kBefore.size(), trained.size() - kBefore.size() - kBehind.size());
    int count = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), count);
    if (error != std::errc() || end != digits.data() + digits.size() || count < 1) return std::nullopt;
    return count;
}

// Where the last so many stages begin.
std::size_t firstOfLast(int stages, const std::vector<backbones::UnitSummary>& units) {
    std::int64_t whole = 0;
    for (const backbones::UnitSummary& unit : units)
        whole += unit.parameters;
    std::size_t first = units.size();
    for (int counted = 0; counted < stages && first > 0;) {
        const std::string& stage = units[first - 1].stage;
        std::int64_t parameters = 0;
        while (first > 0 && units[first - 1].stage == stage)
            parameters += units[--first].parameters;
        if (parameters * kSmallest >= whole) ++counted;
    }
    return first;
}

Result<backbones::FreezePlan> frozenByName(const Recipe& recipe, const TrainConfig& base,
                                           const std::vector<backbones::UnitSummary>& units) {
    if (recipe.backbone != base.backbone) {
        return fail(
            ErrorCode::InvalidArgument,
            {GRAFT_TEXT("This recipe freezes single blocks of {1}, which {2} does not have; take that "
                        "backbone, or freeze by stages and save the recipe again."),
             recipe.backbone, base.backbone},
            recipe.file);
    }
    backbones::FreezePlan plan;
    for (const std::string& name : recipe.frozenUnits) {
        if (std::ranges::find(units, name, &backbones::UnitSummary::name) == units.end()) {
            return fail(
                ErrorCode::BadFormat,
                {GRAFT_TEXT("The recipe freezes the block {1}, which {2} does not have; take it out of the "
                            "recipe."),
                 base::inQuotes(name), base.backbone},
                recipe.file);
        }
        plan.frozenUnits.insert(name);
    }
    return plan;
}

bool isFile(const std::string& nameOrFile) {
    return nameOrFile.find('/') != std::string::npos || nameOrFile.ends_with(".json");
}

}  // namespace

std::vector<Recipe> builtinRecipes() {
    return {
#define GRAFT_RECIPE(recipe) recipes::recipe(),
#include "core/settings/recipes/Recipes.inc"
#undef GRAFT_RECIPE
    };
}

std::string recipeFolder() {
    const fs::path config = base::xdgFolder("XDG_CONFIG_HOME", ".config");
    return config.empty() ? std::string() : (config / "graft" / "recipes").string();
}

std::string recipeFile(const std::string& nameOrFile) {
    if (isFile(nameOrFile)) return nameOrFile;
    const std::string folder = recipeFolder();
    return folder.empty() ? std::string() : folder + "/" + nameOrFile + ".json";
}

std::vector<Recipe> ownRecipes(std::vector<Error>* passedOver) {
    std::vector<std::string> files;
    std::error_code error;
    for (fs::directory_iterator entry(recipeFolder(), error), end; !error && entry != end;
         entry.increment(error)) {
        if (entry->path().extension() == ".json") files.push_back(entry->path().string());
    }
    std::ranges::sort(files);
    std::vector<Recipe> own;
    for (const std::string& file : files) {
        auto recipe = readRecipe(file);
        if (recipe)
            own.push_back(std::move(*recipe));
        else if (passedOver != nullptr)
            passedOver->push_back(recipe.error());
    }
    return own;
}

Result<Recipe> findRecipe(const std::string& nameOrFile) {
    if (isFile(nameOrFile)) return readRecipe(nameOrFile);
    std::vector<Recipe> known = builtinRecipes();
    std::ranges::move(ownRecipes(), std::back_inserter(known));
    const auto found = std::ranges::find(known, nameOrFile, &Recipe::name);
    if (found != known.end()) return *found;
    // One that is there and cannot be read says why.
    const std::string own = recipeFile(nameOrFile);
    std::error_code error;
    if (!own.empty() && fs::exists(own, error)) return readRecipe(own);
    std::string names;
    for (const Recipe& recipe : known)
        names += (names.empty() ? "" : ", ") + recipe.name;
    return fail(ErrorCode::NotFound,
                {GRAFT_TEXT("There is no recipe {1}; there are {2}, and files that end in .json."),
                 base::inQuotes(nameOrFile), names});
}

Result<backbones::FreezePlan> freezeFor(const std::string& trained, const backbones::HeadOptions& head,
                                        const std::vector<backbones::UnitSummary>& units) {
    if (trained == "everything") return backbones::FreezePlan();
    const auto stages = trained == "head" ? std::optional(0) : stagesIn(trained);
    if (!stages) {
        return fail(
            ErrorCode::InvalidArgument,
            {GRAFT_TEXT("What is trained is {1}; it must be head, last stage, last N stages or everything."),
             base::inQuotes(trained)});
    }
    // What the head leaves out stays frozen, should another one be chosen.
    backbones::FreezePlan plan = backbones::freezeAll(units);
    const std::vector<backbones::UnitSummary> below = backbones::unitsBelow(head, units);
    for (std::size_t i = firstOfLast(*stages, below); i < below.size(); ++i)
        plan.frozenUnits.erase(below[i].name);
    return plan;
}

Result<TrainConfig> withRecipe(const TrainConfig& base, const Recipe& recipe,
                               const std::vector<backbones::UnitSummary>& units) {
    TrainConfig config = base;
    for (const auto& [key, given] : recipe.settings) {
        const Setting* setting = find(key);
        if (setting == nullptr) {
            return fail(
                ErrorCode::BadFormat,
                {GRAFT_TEXT(
                     "{1} is no setting that this version of Graft knows; a newer one may have written "
                     "the recipe."),
                 base::inQuotes(key)},
                recipe.file);
        }
        const auto value = checked(*setting, given);
        if (!value) return fail(value.error());
        setting->field.set(config, *value);
    }
    if (recipe.frozenUnits.empty() && recipe.trained.empty()) return config;
    const auto plan = recipe.trained.empty() ? frozenByName(recipe, base, units)
                                             : freezeFor(recipe.trained, config.head, units);
    if (!plan) return fail(plan.error());
    config.freeze = *plan;
    return config;
}

}  // namespace graft::settings
