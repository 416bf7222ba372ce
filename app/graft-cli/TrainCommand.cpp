// SPDX-License-Identifier: GPL-3.0-or-later
#include <CLI/CLI.hpp>
#include <algorithm>
#include <cmath>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "app/graft-cli/Commands.h"
#include "app/graft-cli/DatasetReport.h"
#include "app/graft-cli/Output.h"
#include "app/graft-cli/Places.h"
#include "app/graft-cli/SettingOptions.h"
#include "app/graft-cli/SignalStop.h"
#include "core/backbones/Catalogue.h"
#include "core/backbones/WeightStore.h"
#include "core/data/FolderScanner.h"
#include "core/settings/AugmentationPresets.h"
#include "core/settings/Settings.h"
#include "core/training/DefaultConfig.h"

namespace graft::cli {

namespace {

using settings::TrainConfig;

// What was given on the command line; the rest keeps the backbone's defaults.
struct Options {
    std::string folder;
    std::string run;
    std::string backbone;
    std::string weights;
    std::string freeze;
    std::string trainFrom;
    SettingOptions settings;
};

Result<std::string> chooseWeights(const Options& options) {
    if (options.weights == "none") return std::string();
    if (!options.weights.empty()) return options.weights;
    const auto entry = backbones::findBackbone(options.backbone);
    if (!entry) return fail(entry.error());
    if (auto file = backbones::locateAnyWeights(entry->name)) return *file;
    return fail(ErrorCode::NotFound,
                "There are no weights for " + entry->name +
                    " on this machine; get them with graft-cli weights fetch " + entry->name +
                    ", give --weights FILE, or --weights none to train from random weights.");
}

Result<void> applyFreeze(const Options& options, TrainConfig& config) {
    if (options.freeze.empty() && options.trainFrom.empty()) return {};
    if (settings::ownValue(config, "phases.kind", std::string()) == "own") {
        return fail(ErrorCode::InvalidArgument,
                    std::string(options.freeze.empty() ? "--train-from" : "--freeze") +
                        " changes nothing here: --phase-list says what each phase freezes. Leave it out.");
    }
    const auto units = backbones::listUnits(config.backbone);
    if (!units) return fail(units.error());
    const auto plan = options.freeze.empty() ? backbones::trainFrom(options.trainFrom, *units)
                                             : backbones::parseFreezePlan(options.freeze, *units);
    if (!plan) return fail(plan.error());
    config.freeze = *plan;
    return {};
}

// One of the two sizes alone moves the other.
void completeSizes(const Options& options, data::PreprocessOptions& preprocess, double ratio) {
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

Result<TrainConfig> buildConfig(Options options) {
    if (options.backbone.empty() && options.weights != "none")
        options.backbone = training::backboneOf(options.weights);
    if (options.backbone.empty()) options.backbone = backbones::firstChoice().name;
    if (options.backbone.empty()) {
        return fail(ErrorCode::NotFound,
                    "There are no weights on this machine; choose a backbone with --backbone NAME (graft-cli "
                    "backbones lists them).");
    }
    const auto weightsFile = chooseWeights(options);
    if (!weightsFile) return fail(weightsFile.error());
    auto config = training::defaultConfig(options.backbone, *weightsFile);
    if (!config) return fail(config.error());
    config->datasetFolder = options.folder;
    config->runFolder = options.run;
    const double ratio = static_cast<double>(config->preprocess.resizeSize) / config->preprocess.cropSize;
    options.settings.applyTo(*config);
    completeSizes(options, config->preprocess, ratio);
    if (const auto frozen = applyFreeze(options, *config); !frozen) return fail(frozen.error());
    if (const auto used = options.settings.checkUsed(*config); !used) return fail(used.error());
    return config;
}

// A run that lies among the pictures would be read as some of them the next time.
Result<void> checkApart(const Options& options) {
    std::error_code error;
    const bool lies =
        std::filesystem::is_directory(options.folder, error) && isWithin(options.run, options.folder);
    if (!lies) return {};
    return fail(ErrorCode::InvalidArgument,
                "The folder of the run lies in the folder of pictures; choose one outside.", options.run);
}

// What scan says of the folder is said here too, before anything is trained.
int train(const TrainConfig& config, bool isShareGiven, runtime::RunControl& control, bool json) {
    if (const auto valid = settings::validate(config); !valid) return reportError(valid.error(), json);
    const auto dataset =
        data::scanFolder(config.datasetFolder, {config.validationShare, config.seed, 0}, {}, &control);
    if (!dataset) return reportError(dataset.error(), json);
    if (isShareGiven && dataset->splitByFolders)
        say("The folder brings its own split; --val-share is not used.\n");
    printDatasetWarnings(stderr, *dataset, Lines::Grouped);
    return printReport(training::train(config, *dataset, epochPrinter(), control), json);
}

}  // namespace

void addTrainCommand(CLI::App& app, Invocation& invocation) {
    CLI::App* command = app.add_subcommand("train", "Train a classifier on a folder of images");
    const auto options = std::make_shared<Options>();
    command->add_option("folder", options->folder, "FOLDER/CLASS/* or FOLDER/{train,val[,test]}/CLASS/*")
        ->required();
    command->add_option(
        "--backbone", options->backbone,
        "As in graft-cli backbones (default: the first whose weights are here, else the one that "
        "comes with Graft)");
    command->add_option(
        "--weights", options->weights,
        "A .safetensors or .pth file, a run to go on from its best model, or none for random weights "
        "(default: the ones found here)");
    CLI::Option* freeze =
        command->add_option("--freeze", options->freeze,
                            "all, none, or units and stages: conv1,layer1 (default: all with weights)");
    command->add_option("--train-from", options->trainFrom, "Freeze all before this unit or stage (or head)")
        ->excludes(freeze);
    command->add_option("--run", options->run, "Folder of the run; must not hold one yet")->required();
    std::vector<std::string> presets;
    std::string meaning = "Augmentations that go well together; options for single ones change it. ";
    for (const settings::AugmentationPreset& preset : settings::augmentationPresets()) {
        presets.push_back(preset.name);
        meaning += preset.name + ": " + preset.help + "; ";
    }
    meaning.resize(meaning.size() - 2);
    command
        ->add_option_function<std::string>(
            "--augment",
            [given = &options->settings](const std::string& name) {
                const settings::AugmentationPreset* preset = settings::findAugmentationPreset(name);
                given->setPreset([preset](TrainConfig& config) { settings::apply(*preset, config); });
            },
            meaning)
        ->check(CLI::IsMember(presets))
        ->type_name("PRESET");
    options->settings.addTo(*command);
    command->callback([&invocation, options] {
        invocation.action = [&invocation, options] {
            SignalStop stop;
            if (const auto apart = checkApart(*options); !apart)
                return reportError(apart.error(), invocation.json);
            const auto config = buildConfig(*options);
            if (!config) return reportError(config.error(), invocation.json);
            return train(*config, options->settings.has("validation_share"), stop.control(), invocation.json);
        };
    });
}

}  // namespace graft::cli
