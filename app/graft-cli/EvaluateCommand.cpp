// SPDX-License-Identifier: GPL-3.0-or-later
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <map>
#include <memory>
#include <string>
#include <utility>
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
    printText("{} {}  accuracy {}  loss {:.4f}", e.images, e.images == 1 ? "image" : "images",
              percent(e.accuracy), e.loss);
    if (e.top5) printText("  top-5 {}", percent(*e.top5));
    if (e.views > 1) printText("  (mean over {} views of each)", e.views);
    printText("\n\n{:<24}{:>10}{:>9}{:>9}{:>9}\n", "class", "precision", "recall", "F1", "support");
    for (const auto& score : e.classes) {
        printText("{:<24}{:>10.4f}{:>9.4f}{:>9.4f}{:>9}\n", oneLine(score.name), score.precision,
                  score.recall, score.f1, score.support);
    }
    const auto row = [&](const char* name, const evaluation::MeanScore& mean) {
        printText("{:<24}{:>10.4f}{:>9.4f}{:>9.4f}{:>9}\n", name, mean.precision, mean.recall, mean.f1,
                  e.images);
    };
    row("macro mean", e.macro);
    row("weighted mean", e.weighted);
    if (std::ranges::any_of(e.classes, [](const auto& score) { return score.support == 0; }))
        printText("(the means are over the classes that occur)\n");
    printText("\nconfusion (rows are the truth)\n");
    for (std::size_t i = 0; i < e.confusion.size(); ++i) {
        printText("{:<24}", oneLine(e.classes[i].name));
        for (const std::size_t count : e.confusion[i])
            printText("{:>7}", count);
        printText("\n");
    }
}

// What the figures do not say by themselves; one line for each reason in the same words.
void printBasis(const evaluation::Evaluation& e) {
    if (const Message learnt = evaluation::learntSentence(e); !learnt.empty())
        printText("\n{}\n", learnt.english());
    if (e.unscored.empty()) return;
    printText("\nnot scored: {} {}\n", e.unscoredFiles(), e.unscoredFiles() == 1 ? "file" : "files");
    struct Group {
        const evaluation::Unscored* first;
        std::size_t entries = 0;
        std::size_t files = 0;
    };
    std::vector<Group> groups;
    std::map<std::pair<std::string, std::string>, std::size_t> known;
    for (const evaluation::Unscored& entry : e.unscored) {
        const auto [at, isNew] = known.try_emplace({entry.reason, entry.message.english()}, groups.size());
        if (isNew) groups.push_back({&entry});
        ++groups[at->second].entries;
        groups[at->second].files += entry.files;
    }
    for (const Group& group : groups) {
        const std::size_t others = group.entries - 1;
        printText("{:>8}  {}{}: {}\n", group.files, oneLine(group.first->path),
                  others > 0 ? fmt::format(" and {} {}", others, others == 1 ? "other" : "others") : "",
                  group.first->message.english());
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
    command
        ->add_option("--tta", options->how.views,
                     "Test-time augmentation: the mean of the probabilities over so many views of each "
                     "image, the plain one and variants by the run's own augmentation")
        ->check(CLI::Range(1, 1000))
        ->capture_default_str();
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
