// SPDX-License-Identifier: GPL-3.0-or-later
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "app/graft-cli/Commands.h"
#include "app/graft-cli/DatasetReport.h"
#include "app/graft-cli/Output.h"
#include "core/data/FolderScanner.h"

namespace graft::cli {

namespace {

struct Options {
    std::string folder;
    data::ScanOptions scan;
};

void printTable(const data::DatasetIndex& index) {
    const auto counts = index.countsPerClass();
    printText("{:<32}{:>8}{:>12}{:>8}\n", "class", "train", "validation", "test");
    for (std::size_t i = 0; i < counts.size(); ++i) {
        printText("{:<32}{:>8}{:>12}{:>8}\n", oneLine(index.classes[i]), counts[i].train,
                  counts[i].validation, counts[i].test);
    }
    printText("\n{}; {} images are left out; {} other files are not used.\n",
              index.splitByFolders ? "Split by the folders" : "Split by Graft", index.leftOutCount(),
              index.unusedFiles);
    printDatasetWarnings(stdout, index, Lines::Each);
    if (const auto trainable = data::checkTrainable(index); !trainable) {
        printText("Cannot be trained on: {}\n", trainable.error().message.english());
    }
}

int run(const Options& options, bool json) {
    const auto index =
        data::scanFolder(options.folder, options.scan, progressLine("scanning"), nullptr, false);
    if (!index) return reportError(index.error(), json);
    if (!json) {
        printTable(*index);
        return kSuccess;
    }
    Json classes = Json::array();
    const auto counts = index->countsPerClass();
    for (std::size_t i = 0; i < counts.size(); ++i) {
        classes.push_back({{"name", index->classes[i]},
                           {"train", counts[i].train},
                           {"val", counts[i].validation},
                           {"test", counts[i].test}});
    }
    printJson({{"classes", classes},
               {"problems", problemsJson(*index)},
               {"unused_files", index->unusedFiles},
               {"unused", unusedJson(*index)},
               {"split_by_folders", index->splitByFolders},
               {"trainable", data::checkTrainable(*index).has_value()}});
    return kSuccess;
}

}  // namespace

void addScanCommand(CLI::App& app, Invocation& invocation) {
    CLI::App* command =
        app.add_subcommand("scan", "Show a folder's classes, counts, split, and what is wrong with it");
    const auto options = std::make_shared<Options>();
    command->add_option("folder", options->folder, "FOLDER/CLASS/* or FOLDER/{train,val[,test]}/CLASS/*")
        ->required();
    command->add_option("--val-share", options->scan.validationShare, "Share kept for validation")
        ->capture_default_str();
    command->add_option("--seed", options->scan.seed, "The same seed gives the same split")
        ->capture_default_str();
    command->callback([&invocation, options] {
        invocation.action = [&invocation, options] { return run(*options, invocation.json); };
    });
}

}  // namespace graft::cli
