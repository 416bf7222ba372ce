// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/graft-cli/TrainingOptions.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cmath>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "app/graft-cli/DatasetReport.h"
#include "app/graft-cli/Output.h"
#include "app/graft-cli/Places.h"
#include "core/backbones/Catalogue.h"
#include "core/backbones/Head.h"
#include "core/backbones/WeightStore.h"
#include "core/data/FolderScanner.h"
#include "core/settings/AugmentationPresets.h"
#include "core/settings/Phases.h"
#include "core/settings/Recipes.h"
#include "core/settings/Settings.h"
#include "core/training/DefaultConfig.h"
#include "core/training/RepeatRun.h"
#include "core/training/RunFolder.h"
#include "core/weights/WeightFile.h"

namespace graft::cli {

namespace {

using settings::TrainConfig;

Result<std::string> chooseWeights(const TrainingOptions& options) {
    if (options.weights == "none") return std::string();
    if (!options.weights.empty()) return options.weights;
    const auto entry = backbones::findBackbone(options.backbone);
    if (!entry) return fail(entry.error());
    if (auto file = backbones::locateAnyWeights(entry->name)) return *file;
    return fail(
        ErrorCode::NotFound,
        {GRAFT_TEXT("There are no weights for {1} on this machine; get them with graft-cli weights "
                    "fetch {1}, give --weights FILE, or --weights none to train from random weights."),
         entry->name});
}

Result<void> applyFreeze(const TrainingOptions& options, TrainConfig& config) {
    if (options.freeze.empty() && options.trainFrom.empty()) return {};
    if (const settings::Plan* plan = settings::planOf(config); plan != nullptr && !plan->usesFreeze) {
        return fail(
            ErrorCode::InvalidArgument,
            {GRAFT_TEXT("{1} changes nothing here: with --phases {2} each phase says what it freezes. Leave "
                        "it out."),
             options.freeze.empty() ? "--train-from" : "--freeze", plan->name});
    }
    const auto all = backbones::listUnits(config.backbone);
    if (!all) return fail(all.error());
    const auto units = backbones::unitsBelow(config.head, *all);
    const auto plan = options.freeze.empty() ? backbones::trainFrom(options.trainFrom, units)
                                             : backbones::parseFreezePlan(options.freeze, units);
    if (!plan) return fail(plan.error());
    config.freeze = *plan;
    return {};
}

// What is given beside it counts more, and comes after it.
Result<void> takeRecipe(const settings::Recipe& recipe, TrainingOptions& options, TrainConfig& config) {
    auto with = settings::withRecipe(config, recipe);
    if (!with) return fail(with.error());
    config = std::move(*with);
    options.settings.setRecipe([values = recipe.settings](TrainConfig& other) {
        for (const auto& [key, value] : values)
            settings::find(key)->field.set(other, value);
    });
    return {};
}

// Its stages, as the head that was chosen beside it reads them.
Result<void> freezeByRecipe(const settings::Recipe& recipe, TrainConfig& config) {
    if (recipe.trained.empty()) return {};
    const auto units = backbones::listUnits(config.backbone);
    if (!units) return fail(units.error());
    const auto plan = settings::freezeFor(recipe.trained, config.head, *units);
    if (!plan) return fail(plan.error());
    config.freeze = *plan;
    return {};
}

// Of a list of one's own, whose phases have settings of theirs; none where it cannot be read, which is said
// when the run begins.
std::vector<settings::Phase> listedPhases(const TrainConfig& config) {
    const settings::Plan* plan = settings::planOf(config);
    if (plan == nullptr || plan->usesFreeze) return {};
    const auto units = backbones::listUnits(config.backbone);
    if (!units) return {};
    return settings::phasesOf(config, *units).value_or(std::vector<settings::Phase>{});
}

// One of the two sizes alone moves the other.
void completeSizes(const TrainingOptions& options, data::PreprocessOptions& preprocess, double ratio) {
    const bool hasCrop = options.settings.has("preprocess.crop");
    const bool hasResize = options.settings.has("preprocess.resize");
    if (hasCrop == hasResize) return;
    if (hasCrop) {
        // As much of a picture stays as the weights were trained with.
        preprocess.resizeSize = static_cast<int>(std::lround(preprocess.cropSize * ratio));
    } else {
        preprocess.cropSize = std::min(preprocess.cropSize, preprocess.resizeSize);
    }
    say("Pictures are resized to {} pixels (the shorter side) and cropped to {} ({} not given).\n",
        preprocess.resizeSize, preprocess.cropSize, hasCrop ? "--resize" : "--crop");
}

// A file of weights may say what network it is of.
void takeBackboneOfWeights(TrainingOptions& options) {
    if (options.backbone.empty() && options.weights != "none")
        options.backbone = training::backboneOf(options.weights);
}

// The run's settings for another network, whose units and preprocessing are others.
Result<TrainConfig> forBackbone(const TrainingOptions& options, const TrainConfig& like) {
    const auto weightsFile = chooseWeights(options);
    if (!weightsFile) return fail(weightsFile.error());
    auto config = training::defaultConfig(options.backbone, *weightsFile);
    if (!config) return fail(config.error());
    for (const settings::Setting& setting : settings::all()) {
        if (!setting.ofWeights) setting.field.set(*config, setting.field.get(like));
    }
    config->datasetFolder = like.datasetFolder;
    say("The run has another backbone ({}); what is frozen, and how pictures are prepared, is as usual for "
        "{}.\n",
        like.backbone, options.backbone);
    return config;
}

// What an earlier run was given, with the backbone and the weights that are given here, if any.
Result<TrainConfig> startLike(const TrainingOptions& options) {
    const auto run = training::openRun(options.like);
    if (!run) return fail(run.error());
    const bool isOther = !options.backbone.empty() && options.backbone != run->config.backbone;
    const bool hasOwn = isOther || !options.weights.empty();
    auto like = training::configLike(options.like, !hasOwn);
    if (!like) return fail(like.error());
    TrainConfig& config = like->config;
    if (!hasOwn && !like->hasWeights) {
        return fail(
            ErrorCode::NotFound,
            {GRAFT_TEXT("The weights that the run began from are not there any more: {1}. Give others "
                        "with --weights FILE, or --weights none for random ones."),
             config.weightsFile},
            options.like);
    }
    for (const Message& notice : like->notices)
        say("{}\n", notice.english());
    if (isOther) return forBackbone(options, config);
    if (options.weights == "none") {
        config.weightsFile.clear();
        config.freeze = {};  // what is random has to be trained
    } else if (hasOwn) {
        config.weightsFile = weights::weightFileAt(options.weights);
    }
    return std::move(config);
}

Result<TrainConfig> buildLike(TrainingOptions options) {
    takeBackboneOfWeights(options);
    auto config = startLike(options);
    if (!config) return config;
    if (!options.folder.empty()) config->datasetFolder = options.folder;
    config->runFolder = options.run;
    const double ratio = static_cast<double>(config->preprocess.resizeSize) / config->preprocess.cropSize;
    options.settings.setRecipe([values = *config](TrainConfig& other) {
        for (const settings::Setting& setting : settings::all())
            setting.field.set(other, setting.field.get(values));
    });
    options.settings.applyTo(*config);
    completeSizes(options, config->preprocess, ratio);
    if (const auto frozen = applyFreeze(options, *config); !frozen) return fail(frozen.error());
    if (const auto used = options.settings.checkUsed(*config, listedPhases(*config)); !used)
        return fail(used.error());
    return config;
}

}  // namespace

Result<TrainConfig> buildConfig(TrainingOptions options) {
    if (!options.like.empty()) return buildLike(std::move(options));
    if (options.folder.empty()) {
        return fail(ErrorCode::InvalidArgument,
                    GRAFT_TEXT("Give the folder of pictures (FOLDER/CLASS/*), or an earlier run with --like "
                               "RUN. Run graft-cli --help."));
    }
    std::optional<settings::Recipe> recipe;
    if (!options.recipe.empty()) {
        auto found = settings::findRecipe(options.recipe);
        if (!found) return fail(found.error());
        recipe = std::move(*found);
    }
    takeBackboneOfWeights(options);
    if (options.backbone.empty() && recipe) options.backbone = recipe->backbone;
    if (options.backbone.empty()) options.backbone = backbones::firstChoice().name;
    if (options.backbone.empty()) {
        return fail(ErrorCode::NotFound,
                    GRAFT_TEXT("There are no weights on this machine; choose a backbone with --backbone NAME "
                               "(graft-cli backbones lists them)."));
    }
    const auto weightsFile = chooseWeights(options);
    if (!weightsFile) return fail(weightsFile.error());
    auto config = training::defaultConfig(options.backbone, *weightsFile);
    if (!config) return fail(config.error());
    config->datasetFolder = options.folder;
    config->runFolder = options.run;
    const double ratio = static_cast<double>(config->preprocess.resizeSize) / config->preprocess.cropSize;
    if (recipe) {
        if (const auto taken = takeRecipe(*recipe, options, *config); !taken) return fail(taken.error());
    }
    options.settings.applyTo(*config);
    if (recipe) {
        if (const auto frozen = freezeByRecipe(*recipe, *config); !frozen) return fail(frozen.error());
    }
    completeSizes(options, config->preprocess, ratio);
    if (const auto frozen = applyFreeze(options, *config); !frozen) return fail(frozen.error());
    if (const auto used = options.settings.checkUsed(*config, listedPhases(*config)); !used)
        return fail(used.error());
    return config;
}

Result<void> checkApart(const TrainConfig& config) {
    std::error_code error;
    const bool lies = std::filesystem::is_directory(config.datasetFolder, error) &&
                      isWithin(config.runFolder, config.datasetFolder);
    if (!lies) return {};
    return fail(ErrorCode::InvalidArgument,
                GRAFT_TEXT("The folder of the run lies in the folder of pictures; choose one outside."),
                config.runFolder);
}

void TrainingOptions::addTo(CLI::App& command) {
    command.add_option("folder", folder,
                       "FOLDER/CLASS/* or FOLDER/{train,val[,test]}/CLASS/*; may be left out with --like");
    CLI::Option* earlier =
        command
            .add_option("--like", like,
                        "An earlier run, all of whose settings, data set, backbone and starting weights are "
                        "taken; what is given beside it counts more")
            ->type_name("RUN");
    command.add_option(
        "--backbone", backbone,
        "As in graft-cli backbones (default: the first whose weights are here, else the one that "
        "comes with Graft)");
    command.add_option(
        "--weights", weights,
        "A .safetensors or .pth file, a run to go on from its best model, or none for random weights "
        "(default: the ones found here)");
    CLI::Option* units = command.add_option(
        "--freeze", freeze, "all, none, or units and stages: conv1,layer1 (default: all with weights)");
    command.add_option("--train-from", trainFrom, "Freeze all before this unit or stage (or head)")
        ->excludes(units);
    command
        .add_option(
            "--recipe", recipe,
            "What to start from, by name or as a file (graft-cli recipes lists them); options beside it "
            "count more")
        ->type_name("NAME|FILE")
        ->excludes(earlier);
    std::vector<std::string> presets;
    std::string meaning = "Augmentations that go well together; options for single ones change it. ";
    for (const settings::AugmentationPreset& preset : settings::augmentationPresets()) {
        presets.push_back(preset.name);
        meaning += preset.name + ": " + preset.help + "; ";
    }
    meaning.resize(meaning.size() - 2);
    command
        .add_option_function<std::string>(
            "--augment",
            [given = &settings](const std::string& name) {
                const settings::AugmentationPreset* preset = settings::findAugmentationPreset(name);
                given->setPreset([preset](TrainConfig& config) { settings::apply(*preset, config); });
            },
            meaning)
        ->check(CLI::IsMember(presets))
        ->type_name("PRESET");
    settings.addTo(command);
}

Result<data::DatasetIndex> scanForTraining(const TrainConfig& config, const TrainingOptions& options,
                                           runtime::RunControl& control) {
    if (const auto valid = settings::validate(config); !valid) return fail(valid.error());
    auto dataset =
        data::scanFolder(config.datasetFolder, {config.validationShare, config.seed, 0}, {}, &control);
    if (!dataset) return fail(dataset.error());
    if (options.settings.has("validation_share") && dataset->splitByFolders)
        say("The folder brings its own split; --val-share is not used.\n");
    printDatasetWarnings(stderr, *dataset, Lines::Grouped);
    return dataset;
}

}  // namespace graft::cli
