// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/graft-cli/TrainAuto.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <string>
#include <utility>
#include <variant>

#include "app/graft-cli/ComparisonReport.h"
#include "app/graft-cli/Output.h"
#include "app/graft-cli/Places.h"
#include "app/graft-cli/SignalStop.h"
#include "core/comparing/Auto.h"

namespace graft::cli {

namespace {

// What goes with it: the images, the place, the machine, and which backbones there are to choose from.
constexpr std::array kWithAuto{"auto",      "minutes", "run",     "backbone", "weights",
                               "val-share", "seed",    "threads", "device",   "cache-gb"};

Result<void> checkOptions(const CLI::App& command) {
    for (const CLI::Option* option : command.get_options()) {
        if (option->count() == 0 || option->get_lnames().empty()) continue;
        const std::string& name = option->get_lnames().front();
        if (std::ranges::find(kWithAuto, name) != kWithAuto.end()) continue;
        return fail(
            ErrorCode::InvalidArgument,
            {GRAFT_TEXT("--auto chooses that itself; leave --{1} out, or train without --auto."), name});
    }
    return {};
}

comparing::AutoObserver autoPrinter() {
    return [compares = comparePrinter(), trains = epochPrinter()](const comparing::AutoEvent& event) {
        if (const auto* compare = std::get_if<comparing::CompareEvent>(&event)) compares(*compare);
        if (const auto* train = std::get_if<training::TrainEvent>(&event)) trains(*train);
        if (const auto* decided = std::get_if<comparing::AutoDecided>(&event)) {
            rewriteLine();
            say("{}\n", decided->sentence.english());
        }
    };
}

// The table's values, where they were given.
comparing::AutoConfig configOf(const TrainingOptions& options, double minutes) {
    settings::TrainConfig given;
    options.settings.applyTo(given);
    comparing::AutoConfig config;
    config.runFolder = options.run;
    config.datasetFolder = options.folder;
    config.minutes = minutes;
    config.validationShare = given.validationShare;
    config.compare.seed = given.seed;
    config.compare.threads = given.threads;
    config.compare.device = given.device;
    config.compare.cacheGigabytes = given.cache.budgetGigabytes;
    if (!options.backbone.empty()) {
        config.compare.backbones = {options.weights.empty() ? options.backbone
                                                            : options.backbone + "=" + options.weights};
    }
    return config;
}

}  // namespace

int trainAuto(const CLI::App& command, const TrainingOptions& options, double minutes, bool json) {
    if (const auto fits = checkOptions(command); !fits) return reportError(fits.error(), json);
    if (options.folder.empty() || (options.backbone.empty() && !options.weights.empty())) {
        const Message what = options.folder.empty()
                                 ? GRAFT_TEXT("Give the folder of pictures (FOLDER/CLASS/*).")
                                 : GRAFT_TEXT("With --auto, --weights goes with --backbone, whose they are.");
        return reportError({ErrorCode::InvalidArgument, what, ""}, json);
    }
    const comparing::AutoConfig config = configOf(options, minutes);
    settings::TrainConfig place;
    place.datasetFolder = config.datasetFolder;
    place.runFolder = config.runFolder;
    place.validationShare = config.validationShare;
    place.seed = config.compare.seed;
    if (const auto apart = checkApart(place); !apart) return reportError(apart.error(), json);
    SignalStop stop;
    const auto dataset = scanForTraining(place, options, stop.control());
    if (!dataset) return reportError(dataset.error(), json);
    const auto done = comparing::trainAuto(config, *dataset, autoPrinter(), stop.control());
    if (!done) return reportError(done.error(), json);
    if (!json) {
        for (const Message& sentence : done->explanation)
            printText("{}\n", sentence.english());
        return printReport(done->run, false);
    }
    Json document = asJson(done->run);
    Json explanation = Json::array();
    for (const Message& sentence : done->explanation)
        explanation.push_back(sentence.english());
    document["explanation"] = explanation;
    document["time_is_over"] = done->timeIsOver;
    document["comparison"] =
        asJson(done->comparison, trainCommand(options.folder, done->comparison.ranking.front().entrant));
    printJson(document);
    return kSuccess;
}

}  // namespace graft::cli
