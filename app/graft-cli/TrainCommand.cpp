// SPDX-License-Identifier: GPL-3.0-or-later
#include <CLI/CLI.hpp>
#include <algorithm>
#include <filesystem>
#include <memory>
#include <string>
#include <variant>

#include "app/graft-cli/Commands.h"
#include "app/graft-cli/CostReport.h"
#include "app/graft-cli/Output.h"
#include "app/graft-cli/Places.h"
#include "app/graft-cli/SeedRuns.h"
#include "app/graft-cli/SignalStop.h"
#include "app/graft-cli/TrainAuto.h"
#include "app/graft-cli/TrainingOptions.h"
#include "core/backbones/ModelSummary.h"
#include "core/settings/Phases.h"
#include "core/settings/Recipes.h"
#include "core/settings/Settings.h"
#include "core/training/DefaultConfig.h"
#include "core/training/Trainer.h"

namespace graft::cli {

namespace {

using settings::TrainConfig;

// A name alone is that of a recipe in the folder of one's own.
Result<void> saveRecipe(const TrainConfig& config, const std::string& nameOrFile) {
    if (nameOrFile.empty()) return {};
    const auto builtin = settings::builtinRecipes();
    if (std::ranges::find(builtin, nameOrFile, &settings::Recipe::name) != builtin.end()) {
        return fail(
            ErrorCode::InvalidArgument,
            {GRAFT_TEXT("The recipe {1} comes with Graft; choose another name for yours."), nameOrFile});
    }
    const std::string file = settings::recipeFile(nameOrFile);
    if (file.empty()) {
        return fail(ErrorCode::InvalidArgument,
                    GRAFT_TEXT("There is no place for recipes; set HOME or XDG_CONFIG_HOME to a folder, or "
                               "give a path that ends in .json."));
    }
    std::error_code error;
    if (std::filesystem::exists(file, error) && !settings::readRecipe(file)) {
        return fail(ErrorCode::Unwritable,
                    GRAFT_TEXT("This file is there already and is no recipe; choose another name."), file);
    }
    const auto defaults = training::defaultConfig(config.backbone, config.weightsFile);
    if (!defaults) return fail(defaults.error());
    const auto units = backbones::listUnits(config.backbone);
    if (!units) return fail(units.error());
    const std::string label = std::filesystem::path(file).stem().string();
    if (const auto saved = settings::saveRecipe(config, *defaults, label, file, *units); !saved) return saved;
    say("The recipe is saved: {}\n", file);
    return {};
}

// What is hardly ever meant is said before the first epoch. Nothing is measured for it; and a head alone,
// which trains in seconds, need not wait for it.
void warn(const TrainConfig& config, const data::DatasetIndex& dataset, runtime::RunControl& control) {
    const auto units = backbones::listUnits(config.backbone);
    if (!units) return;
    const auto phases = settings::phasesOf(config, *units);
    if (!phases || settings::frozenThroughout(*phases) == backbones::freezeAll(*units)) return;
    if (const auto report = costReport(config, dataset, Exactness::IfKept, control))
        sayCautions(report->cautions);
}

struct Arguments {
    TrainingOptions options;
    std::string saveRecipe;
    int seeds = 0;  // 0: one run, in the folder itself
    bool isAuto = false;
    double minutes = 20;
};

int train(const CLI::App& command, const Arguments& arguments, bool json) {
    const TrainingOptions& options = arguments.options;
    if (arguments.isAuto) return trainAuto(command, options, arguments.minutes, json);
    SignalStop stop;
    const auto config = buildConfig(options);
    if (!config) return reportError(config.error(), json);
    if (const auto apart = checkApart(*config); !apart) return reportError(apart.error(), json);
    if (const auto valid = settings::validate(*config); !valid) return reportError(valid.error(), json);
    if (const auto saved = saveRecipe(*config, arguments.saveRecipe); !saved)
        return reportError(saved.error(), json);
    const auto trainRun = [&](const TrainConfig& one) {
        return scanForTraining(one, options, stop.control()).and_then([&](const data::DatasetIndex& dataset) {
            // A run that is refused says that alone.
            const auto observer = [&, print = epochPrinter()](const training::TrainEvent& event) {
                if (std::holds_alternative<training::RunStarted>(event)) warn(one, dataset, stop.control());
                print(event);
            };
            return training::train(one, dataset, observer, stop.control());
        });
    };
    if (arguments.seeds > 0) return trainSeeds(*config, arguments.seeds, trainRun, stop.control(), json);
    return printReport(trainRun(*config), json);
}

}  // namespace

void addTrainCommand(CLI::App& app, Invocation& invocation) {
    CLI::App* command = app.add_subcommand("train", "Train a classifier on a folder of images");
    const auto arguments = std::make_shared<Arguments>();
    command
        ->add_option("--run", arguments->options.run,
                     "Folder of the run, which must not hold one yet; with --seeds of all of them")
        ->required();
    command
        ->add_option(
            "--seeds", arguments->seeds,
            "Train so many runs, with --seed and the seeds after it, in DIR/seed-1, DIR/seed-2, .., and "
            "give the mean and the range; called again it goes on")
        ->check(CLI::Range(1, 1000));
    command
        ->add_option(
            "--save-recipe", arguments->saveRecipe,
            "Keep what differs here from the backbone's defaults, as a file or under a name of its own")
        ->type_name("NAME|FILE");
    CLI::Option* automatic =
        command->add_flag("--auto", arguments->isAuto,
                          "Compare the backbones that are here on the images, choose one, its cut, head and "
                          "augmentation, solve the head, and "
                          "fine-tune if there is time; the best epoch by validation is kept");
    command->add_option("--minutes", arguments->minutes, "Of --auto in all")
        ->needs(automatic)
        ->capture_default_str();
    arguments->options.addTo(*command);
    command->callback([&invocation, command, arguments] {
        invocation.action = [&invocation, command, arguments] {
            return train(*command, *arguments, invocation.json);
        };
    });
}

}  // namespace graft::cli
