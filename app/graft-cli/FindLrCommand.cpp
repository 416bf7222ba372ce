// SPDX-License-Identifier: GPL-3.0-or-later
#include <CLI/CLI.hpp>
#include <memory>
#include <optional>
#include <string>
#include <variant>

#include "app/graft-cli/Commands.h"
#include "app/graft-cli/Output.h"
#include "app/graft-cli/SignalStop.h"
#include "app/graft-cli/TrainingOptions.h"
#include "core/backbones/ModelSummary.h"
#include "core/training/FindLearningRate.h"

namespace graft::cli {

namespace {

constexpr const char* kRate = "lr";

// train with the options that were given here, and the rate.
std::string trainCommand(const CLI::App& command, const TrainingOptions& options, double rate) {
    std::string line = "graft-cli train";
    if (!options.folder.empty()) line += " " + shellWord(options.folder);
    for (const CLI::Option* option : command.get_options()) {
        if (option->count() == 0 || option->get_lnames().empty() || option->check_lname(kRate)) continue;
        line += " --" + option->get_lnames().front();
        const bool isSwitch = option->get_items_expected_max() == 0;
        if (!isSwitch) line += " " + shellWord(option->results().front());
    }
    return line + " --lr " + base::numberText(rate) + " --run DIR";
}

training::RateObserver stepPrinter() {
    const auto tell = [](const Message& message) {
        rewriteLine();
        if (!message.empty()) say("{}\n", message.english());
    };
    return [tell, line = progressLine("step")](const training::RateEvent& event) {
        if (const auto* cache = std::get_if<training::CacheState>(&event)) tell(cache->message);
        if (const auto* notice = std::get_if<training::Notice>(&event)) tell(notice->message);
        if (const auto* step = std::get_if<training::RateStep>(&event)) line(step->step, step->steps);
    };
}

Json asJson(const training::FoundRate& found, const std::string& command) {
    const auto orNull = [](const std::optional<double>& rate) { return rate ? Json(*rate) : Json(); };
    Json points = Json::array();
    for (const training::RateAndLoss& point : found.curve)
        points.push_back({{"learning_rate", point.rate}, {"loss", point.loss}});
    return {{"status", found.stopped ? "stopped" : "completed"},
            {"diverged", found.diverged},
            {"suggestion", found.valley ? Json(training::twoDigits(*found.valley)) : Json()},
            {"valley", orNull(found.valley)},
            {"steepest", orNull(found.steepest)},
            {"command", command.empty() ? Json() : Json(command)},
            {"points", points}};
}

void print(const training::FoundRate& found, const std::string& command) {
    printText("{:>13}  {:>8}\n", "learning rate", "loss");
    for (const training::RateAndLoss& point : found.curve)
        printText("{:>13.3e}  {:>8.4f}\n", point.rate, point.loss);
    if (found.stopped)
        printText("Stopped after {} steps; what follows rests on these.\n", found.curve.size());
    if (!found.valley) {
        printText(
            "The loss falls nowhere, so there is no suggestion; look at the images and the settings.\n");
        return;
    }
    printText("Suggestion: {} (in the valley of the loss)",
              base::numberText(training::twoDigits(*found.valley)));
    if (found.steepest)
        printText("; it falls fastest at {}", base::numberText(training::twoDigits(*found.steepest)));
    printText(".\nGo on with: {}\n", command);
}

int findLr(const CLI::App& command, const TrainingOptions& options, bool json) {
    SignalStop stop;
    const auto config = buildConfig(options);
    if (!config) return reportError(config.error(), json);
    // Before a folder of a million images is read.
    const auto units = backbones::listUnits(config->backbone);
    if (!units) return reportError(units.error(), json);
    if (const auto has = training::checkHasRate(*config, *units); !has) return reportError(has.error(), json);
    const auto dataset = scanForTraining(*config, options, stop.control());
    if (!dataset) return reportError(dataset.error(), json);
    if (options.settings.has("optimizer.learning_rate")) say("--lr is not used: it is what is looked for.\n");
    const auto found = training::findLearningRate(*config, *dataset, stepPrinter(), stop.control());
    rewriteLine();
    if (!found) return reportError(found.error(), json);
    const std::string next =
        found->valley ? trainCommand(command, options, training::twoDigits(*found->valley)) : std::string();
    if (json) {
        printJson(asJson(*found, next));
    } else {
        print(*found, next);
    }
    return kSuccess;
}

}  // namespace

void addFindLrCommand(CLI::App& app, Invocation& invocation) {
    CLI::App* command = app.add_subcommand(
        "find-lr",
        "Find a learning rate: train some 100 steps at rising ones, as train would, and keep nothing");
    const auto options = std::make_shared<TrainingOptions>();
    options->addTo(*command);
    command->callback([&invocation, command, options] {
        invocation.action = [&invocation, command, options] {
            return findLr(*command, *options, invocation.json);
        };
    });
}

}  // namespace graft::cli
