// SPDX-License-Identifier: GPL-3.0-or-later
#include <CLI/CLI.hpp>
#include <memory>
#include <string>

#include "app/graft-cli/Commands.h"
#include "app/graft-cli/CostReport.h"
#include "app/graft-cli/Output.h"
#include "app/graft-cli/SignalStop.h"
#include "app/graft-cli/TrainingOptions.h"

namespace graft::cli {

namespace {

struct Arguments {
    TrainingOptions options;
    bool rough = false;
};

// "0.034 s", "1.4 s", "21 s", "4 min 30 s": as exact as an estimate can be.
std::string seconds(double value) {
    if (value < 0.1) return fmt::format("{:.3f} s", value);
    if (value < 10) return fmt::format("{:.1f} s", value);
    return duration(value);
}

std::string megabytes(std::uint64_t bytes) {
    const auto value = static_cast<double>(bytes);
    return value >= 1e9 ? fmt::format("{:.1f} GB", value / 1e9) : fmt::format("{:.0f} MB", value / 1e6);
}

Json asJson(const training::PhaseCost& phase) {
    return {{"name", phase.name},
            {"first_epoch", phase.firstEpoch},
            {"epochs", phase.epochs},
            {"trainable_parameters", phase.trainable},
            {"keeps_features", phase.keepsFeatures},
            {"filling_epochs", phase.fillingEpochs},
            {"first_epoch_seconds", phase.first},
            {"filling_epoch_seconds", phase.filling},
            {"later_epoch_seconds", phase.later},
            {"loading_share", phase.loading},
            {"seconds", phase.seconds},
            {"peak_memory_bytes", phase.memory},
            {"cache_bytes", phase.cache}};
}

Json asJson(const training::Caution& caution) {
    return {
        {"code", caution.code}, {"message", caution.message.english()}, {"remedy", caution.remedy.english()}};
}

Json asJson(const settings::TrainConfig& config, const data::DatasetIndex& dataset,
            const CostReport& report) {
    const training::Cost& cost = report.cost;
    Json phases = Json::array();
    for (const training::PhaseCost& phase : cost.phases)
        phases.push_back(asJson(phase));
    Json warnings = Json::array();
    for (const training::Caution& caution : report.cautions)
        warnings.push_back(asJson(caution));
    return {{"backbone", config.backbone},
            {"rough", cost.rough},
            {"device", report.times.device},
            {"threads", report.times.threads},
            {"train_images", dataset.countOf(data::Split::Train)},
            {"val_images", dataset.countOf(data::Split::Validation)},
            {"parameters", cost.parameters},
            {"trainable_parameters", cost.trainable},
            {"first_epoch_seconds", cost.firstEpoch},
            {"later_epoch_seconds", cost.laterEpoch},
            {"seconds", cost.seconds},
            {"peak_memory_bytes", cost.memory},
            {"cache_bytes", cost.cache},
            {"phases", phases},
            {"warnings", warnings}};
}

void printEpochs(const training::PhaseCost& phase, const std::string& indent) {
    printText("{}{:<24}{}\n", indent, "first epoch", seconds(phase.first));
    if (phase.fillingEpochs > 1) {
        printText("{}{:<24}{}, features of another variant of each image in each\n", indent,
                  fmt::format("epochs 2 to {}", phase.fillingEpochs), seconds(phase.filling));
    }
    if (phase.epochs > std::max(1, phase.fillingEpochs))
        printText("{}{:<24}{}\n", indent, "every later epoch", seconds(phase.later));
}

void print(const settings::TrainConfig& config, const CostReport& report) {
    const training::Cost& cost = report.cost;
    printText("{:<24}{} of {}\n", "trained parameters", cost.trainable, cost.parameters);
    if (cost.phases.size() == 1) {
        printEpochs(cost.phases.front(), "");
    } else {
        for (const training::PhaseCost& phase : cost.phases) {
            printText("phase {} (epochs {} to {})\n", phase.name, phase.firstEpoch,
                      phase.firstEpoch + phase.epochs - 1);
            printEpochs(phase, "  ");
        }
    }
    printText("{:<24}{} ({} {})\n", "whole run", seconds(cost.seconds), config.epochs,
              config.epochs == 1 ? "epoch" : "epochs");
    printText("{:<24}{}\n", "memory, at most", megabytes(cost.memory));
    printText("{:<24}{}\n", "cache of features", cost.cache > 0 ? megabytes(cost.cache) : "none");
    if (cost.rough) {
        printText(
            "These are rough: guessed from multiply-adds, without --rough they are measured on this "
            "machine.\n");
    } else {
        printText("Measured on this machine ({}, {} threads), as if no features were kept yet.\n",
                  report.times.device, report.times.threads);
    }
}

int cost(const Arguments& arguments, bool json) {
    SignalStop stop;
    const auto config = buildConfig(arguments.options);
    if (!config) return reportError(config.error(), json);
    const auto dataset = scanForTraining(*config, arguments.options, stop.control());
    if (!dataset) return reportError(dataset.error(), json);
    const auto report = costReport(
        *config, *dataset, arguments.rough ? Exactness::AlwaysRough : Exactness::Measured, stop.control());
    if (!report) return reportError(report.error(), json);
    if (json) {
        printJson(asJson(*config, *dataset, *report));
    } else {
        print(*config, *report);
    }
    sayCautions(report->cautions);
    return kSuccess;
}

}  // namespace

void addCostCommand(CLI::App& app, Invocation& invocation) {
    CLI::App* command = app.add_subcommand(
        "cost",
        "What train would take with these options: seconds, memory, space; measured in a few seconds");
    const auto arguments = std::make_shared<Arguments>();
    command->add_flag("--rough", arguments->rough, "Guess from multiply-adds instead of measuring");
    arguments->options.addTo(*command);
    command->callback([&invocation, arguments] {
        invocation.action = [&invocation, arguments] { return cost(*arguments, invocation.json); };
    });
}

}  // namespace graft::cli
