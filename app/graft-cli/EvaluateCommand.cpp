// SPDX-License-Identifier: GPL-3.0-or-later
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "app/graft-cli/Commands.h"
#include "app/graft-cli/Output.h"
#include "app/graft-cli/SignalStop.h"
#include "core/evaluation/Evaluator.h"

namespace graft::cli {

namespace {

struct Options {
    std::string model;
    std::string folder;
    evaluation::EvaluateOptions how;
};

void printTable(const evaluation::Evaluation& e) {
    fmt::print("{} images  accuracy {}  loss {:.4f}", e.images, percent(e.accuracy), e.loss);
    if (e.top5) fmt::print("  top-5 {}", percent(*e.top5));
    fmt::print("\n\n{:<24}{:>10}{:>9}{:>9}{:>9}\n", "class", "precision", "recall", "F1", "support");
    for (const auto& score : e.classes) {
        fmt::print("{:<24}{:>10.4f}{:>9.4f}{:>9.4f}{:>9}\n", score.name, score.precision, score.recall,
                   score.f1, score.support);
    }
    const auto row = [&](const char* name, const evaluation::MeanScore& mean) {
        fmt::print("{:<24}{:>10.4f}{:>9.4f}{:>9.4f}{:>9}\n", name, mean.precision, mean.recall, mean.f1,
                   e.images);
    };
    row("macro mean", e.macro);
    row("weighted mean", e.weighted);
    if (std::ranges::any_of(e.classes, [](const auto& score) { return score.support == 0; }))
        fmt::print("(the means are over the classes that occur)\n");
    fmt::print("\nconfusion (rows are the truth)\n");
    for (std::size_t i = 0; i < e.confusion.size(); ++i) {
        fmt::print("{:<24}", e.classes[i].name);
        for (const std::size_t count : e.confusion[i])
            fmt::print("{:>7}", count);
        fmt::print("\n");
    }
}

// What the figures do not say by themselves; one line for each reason.
void printBasis(const evaluation::Evaluation& e) {
    if (e.trainedOn && *e.trainedOn > 0) {
        fmt::print(
            "\n{} of these {} images were trained on: the figures are better than they will be on new "
            "ones.\n",
            *e.trainedOn, e.images);
    } else if (!e.trainedOn) {
        fmt::print(
            "\nNothing says which images {} was trained on: where they are among these, the figures are too "
            "good. (A run's folder says it.)\n",
            e.trainedOnUnknown.empty() ? "the model" : e.trainedOnUnknown.front());
    }
    if (e.unscored.empty()) return;
    fmt::print("\nnot scored: {} files\n", e.unscoredFiles());
    std::vector<std::string> told;
    for (const evaluation::Unscored& first : e.unscored) {
        if (std::ranges::find(told, first.reason) != told.end()) continue;
        told.push_back(first.reason);
        std::size_t files = 0;
        std::size_t entries = 0;
        for (const evaluation::Unscored& entry : e.unscored) {
            if (entry.reason != first.reason) continue;
            files += entry.files;
            ++entries;
        }
        fmt::print("{:>8}  {}{}: {}\n", files, first.path,
                   entries > 1 ? fmt::format(" and {} others", entries - 1) : "", first.message);
    }
}

}  // namespace

void addEvaluateCommand(CLI::App& app, Invocation& invocation) {
    CLI::App* command = app.add_subcommand("evaluate", "Score a trained model on a labelled folder");
    const auto options = std::make_shared<Options>();
    command->add_option("model", options->model, "A run folder or an exported model")->required();
    command->add_option("folder", options->folder, "FOLDER/CLASS/*, or with test or val folders")->required();
    command->add_flag("--all", options->how.everything,
                      "Score the whole folder, images that the model was trained on too");
    command->add_option("--device", options->how.device, "auto, cpu, cuda or cuda:N")->capture_default_str();
    command->callback([&invocation, options] {
        invocation.action = [&invocation, options]() -> int {
            SignalStop stop;
            const auto result = evaluation::evaluateFolder(options->model, options->folder, options->how,
                                                           progressLine("evaluating"), stop.control());
            if (!result) return reportError(result.error(), invocation.json);
            if (invocation.json) {
                fmt::print("{}", evaluation::toJson(*result));
            } else {
                printTable(*result);
                printBasis(*result);
            }
            return kSuccess;
        };
    });
}

}  // namespace graft::cli
