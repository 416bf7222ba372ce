// SPDX-License-Identifier: GPL-3.0-or-later
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "app/graft-cli/Commands.h"
#include "app/graft-cli/Output.h"
#include "app/graft-cli/SignalStop.h"
#include "core/evaluation/Evaluator.h"

namespace graft::cli {

namespace {

struct Options {
    std::string model;
    std::string folder;
    std::string device = "auto";
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
    fmt::print("\nconfusion (rows are the truth)\n");
    for (std::size_t i = 0; i < e.confusion.size(); ++i) {
        fmt::print("{:<24}", e.classes[i].name);
        for (const std::size_t count : e.confusion[i])
            fmt::print("{:>7}", count);
        fmt::print("\n");
    }
}

}  // namespace

void addEvaluateCommand(CLI::App& app, Invocation& invocation) {
    CLI::App* command = app.add_subcommand("evaluate", "Score a trained model on a labelled folder");
    const auto options = std::make_shared<Options>();
    command->add_option("model", options->model, "A run folder or an exported model")->required();
    command->add_option("folder", options->folder, "FOLDER/CLASS/*, or with test or val folders")->required();
    command->add_option("--device", options->device, "auto, cpu, cuda or cuda:N")->capture_default_str();
    command->callback([&invocation, options] {
        invocation.action = [&invocation, options]() -> int {
            SignalStop stop;
            const auto result = evaluation::evaluateFolder(options->model, options->folder, options->device,
                                                           progressLine("evaluating"), stop.control());
            if (!result) return reportError(result.error(), invocation.json);
            if (invocation.json) {
                fmt::print("{}", evaluation::toJson(*result));
            } else {
                printTable(*result);
            }
            return kSuccess;
        };
    });
}

}  // namespace graft::cli
