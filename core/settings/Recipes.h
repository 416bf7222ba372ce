// SPDX-License-Identifier: GPL-3.0-or-later
// A recipe is a way to train that someone has found good, as data: a name, what it does, and values of the
// settings table by their keys. It goes with any backbone. The built-in ones are one file in recipes/ and one
// line in recipes/Recipes.inc each; a person's own are JSON files, which can be sent to others. Example:
//     auto recipe = settings::findRecipe("last-block");
//     auto config = settings::withRecipe(*training::defaultConfig("resnet18", weights), *recipe);
#pragma once

#include <map>
#include <string>
#include <vector>

#include "core/backbones/ModelSummary.h"
#include "core/base/Result.h"
#include "core/settings/TrainConfig.h"

namespace graft::settings {

struct Recipe {
    std::string name;   // on the command line: "last-block"; of one's own: the file's name without ".json"
    std::string label;  // in the window
    std::string help;   // what it does differently and why
    std::string file = {};  // empty: built in
    // The backbone that it was made with: taken where no other is chosen. May be empty.
    std::string backbone = {};
    // Which units are trained, in terms that any backbone has: "head", "last stage", "last 2 stages",
    // "everything"; empty: as is usual for the backbone and its weights. Stages as the head reads them: of
    // VGG with a head on the last map, the last stage is the fifth block of convolutions.
    std::string trained = {};
    // Instead of that, the frozen units by name; they go with `backbone` only.
    std::vector<std::string> frozenUnits = {};
    std::map<std::string, Value> settings = {};  // by key of the table, see Settings.h
};

std::vector<Recipe> builtinRecipes();

// $XDG_CONFIG_HOME/graft/recipes, or ~/.config/graft/recipes; empty where there is neither. It need not
// exist.
std::string recipeFolder();
// Where the recipe of that name lies, or would: in that folder (empty where there is none), and of a path
// (with a '/' or ".json" at its end) just there.
std::string recipeFile(const std::string& nameOrFile);
// The *.json of that folder, by name. passedOver gets an Error for each that cannot be used.
std::vector<Recipe> ownRecipes(std::vector<Error>* passedOver = nullptr);

// By name: a built-in one, else one of the folder, or a file's path.
// Errors: NotFound, which names those that there are; as readRecipe().
Result<Recipe> findRecipe(const std::string& nameOrFile);

// Errors: NotFound, Unreadable, BadFormat (no recipe, a key or a version that is not known, by name).
Result<Recipe> readRecipe(const std::string& file);

// What differs between config and the defaults of its backbone becomes a file that replaces what was there.
// units: of the backbone, so that the frozen ones can be told in terms that others have too ("last stage");
// without them, or where no term fits, they are stored by name. What belongs to this machine and this run
// (folders, seed, and the group Machine) is left out. Errors: Unwritable.
Result<void> saveRecipe(const TrainConfig& config, const TrainConfig& defaults, const std::string& label,
                        const std::string& file, const std::vector<backbones::UnitSummary>& units = {});

// base (the defaults of a backbone, with what comes with its weights) with the recipe's settings and frozen
// units. units: of base.backbone. Rules between settings are not looked at: what is given beside the recipe
// comes first, then validate(). Errors: InvalidArgument, BadFormat.
Result<TrainConfig> withRecipe(const TrainConfig& base, const Recipe& recipe,
                               const std::vector<backbones::UnitSummary>& units);
// The same for who does not have the units: a few milliseconds more, and LibTorch is loaded.
inline Result<TrainConfig> withRecipe(const TrainConfig& base, const Recipe& recipe) {
    const auto units = backbones::listUnits(base.backbone);
    if (!units) return fail(units.error());
    return withRecipe(base, recipe, *units);
}

// The frozen units for what shall be trained (see Recipe::trained) under this head. Errors: InvalidArgument.
Result<backbones::FreezePlan> freezeFor(const std::string& trained, const backbones::HeadOptions& head,
                                        const std::vector<backbones::UnitSummary>& units);

}  // namespace graft::settings
