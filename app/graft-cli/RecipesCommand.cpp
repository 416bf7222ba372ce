// SPDX-License-Identifier: GPL-3.0-or-later
#include <CLI/CLI.hpp>
#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "app/graft-cli/Commands.h"
#include "app/graft-cli/Output.h"
#include "core/settings/Recipes.h"
#include "core/settings/Settings.h"

namespace graft::cli {

namespace {

using settings::Recipe;

Json documentOf(const Recipe& recipe) {
    Json values = Json::object();
    for (const auto& [key, value] : recipe.settings)
        std::visit([&, &at = key](const auto& held) { values[at] = held; }, value);
    return {{"name", recipe.name},         {"label", recipe.label},
            {"help", recipe.help},         {"file", recipe.file},
            {"backbone", recipe.backbone}, {"trained", recipe.trained},
            {"settings", values},          {"frozen_units", recipe.frozenUnits}};
}

int list(bool json) {
    std::vector<Error> passedOver;
    std::vector<Recipe> recipes = settings::builtinRecipes();
    for (Recipe& own : settings::ownRecipes(&passedOver))
        recipes.push_back(std::move(own));
    if (json) {
        Json all = Json::array();
        for (const Recipe& recipe : recipes)
            all.push_back(documentOf(recipe));
        Json others = Json::array();
        for (const Error& error : passedOver)
            others.push_back({{"path", error.path}, {"message", error.message.english()}});
        printJson({{"recipes", all}, {"passed_over", others}});
        return kSuccess;
    }
    for (const Recipe& recipe : recipes) {
        // The name of a built-in one is that one's; a file called so has its path.
        const bool isFirst = std::ranges::find(recipes, recipe.name, &Recipe::name)->file == recipe.file;
        printText("{}\n    {}{}{}\n", oneLine(isFirst ? recipe.name : recipe.file), oneLine(recipe.label),
                  recipe.help.empty() ? "" : ": ", oneLine(recipe.help));
    }
    for (const Error& error : passedOver)
        say("passed over: {}\n", error.sentence());
    return kSuccess;
}

int show(const std::string& name, bool json) {
    const auto recipe = settings::findRecipe(name);
    if (!recipe) return reportError(recipe.error(), json);
    if (json) {
        printJson(documentOf(*recipe));
        return kSuccess;
    }
    printText("{}: {}\n", oneLine(recipe->name), oneLine(recipe->label));
    if (!recipe->help.empty()) printText("{}\n", oneLine(recipe->help));
    printText("\n");
    std::vector<std::pair<std::string, std::string>> rows;
    if (!recipe->backbone.empty()) rows.emplace_back("backbone", recipe->backbone);
    if (!recipe->trained.empty()) rows.emplace_back("trained", recipe->trained);
    std::string frozen;
    for (const std::string& unit : recipe->frozenUnits)
        frozen += (frozen.empty() ? "" : ",") + unit;
    if (!frozen.empty()) rows.emplace_back("frozen_units", frozen);
    for (const settings::Setting& setting : settings::all()) {
        const auto value = recipe->settings.find(setting.key);
        if (value != recipe->settings.end()) rows.emplace_back(setting.key, settings::text(value->second));
    }
    std::size_t width = 0;
    for (const auto& [key, value] : rows)
        width = std::max(width, key.size() + 2);
    for (const auto& [key, value] : rows)
        printText("{:<{}}{}\n", key, width, oneLine(value));
    return kSuccess;
}

}  // namespace

void addRecipesCommand(CLI::App& app, Invocation& invocation) {
    CLI::App* command =
        app.add_subcommand("recipes", "List the recipes that train --recipe takes, Graft's and one's own");
    CLI::App* single = command->add_subcommand("show", "What one of them sets");
    const auto name = std::make_shared<std::string>();
    single->add_option("name", *name, "A recipe's name, or a file")->required();
    command->callback([&invocation, single, name] {
        const bool isOne = single->parsed();
        invocation.action = [&invocation, name, isOne] {
            return isOne ? show(*name, invocation.json) : list(invocation.json);
        };
    });
}

}  // namespace graft::cli
