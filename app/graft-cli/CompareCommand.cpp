// SPDX-License-Identifier: GPL-3.0-or-later
#include <CLI/CLI.hpp>
#include <memory>
#include <string>
#include <vector>

#include "app/graft-cli/Commands.h"
#include "app/graft-cli/ComparisonReport.h"
#include "app/graft-cli/DatasetReport.h"
#include "app/graft-cli/Output.h"
#include "app/graft-cli/SignalStop.h"
#include "core/comparing/CompareBackbones.h"
#include "core/data/FolderScanner.h"

namespace graft::cli {

namespace {

struct Arguments {
    std::string folder;
    double validationShare = 0.2;
    bool linearOnly = false;
    comparing::CompareConfig config;
};

int compare(const Arguments& arguments, bool json) {
    comparing::CompareConfig config = arguments.config;
    config.hiddenHead = !arguments.linearOnly;
    if (const auto valid = comparing::validate(config); !valid) return reportError(valid.error(), json);
    SignalStop stop;
    const auto dataset = data::scanFolder(arguments.folder, {arguments.validationShare, config.seed, 0},
                                          progressLine("scanning"), &stop.control(), false);
    if (!dataset) return reportError(dataset.error(), json);
    printDatasetWarnings(stderr, *dataset, Lines::Grouped);
    const auto found = comparing::compareBackbones(config, *dataset, comparePrinter(), stop.control());
    rewriteLine();
    if (!found) return reportError(found.error(), json);
    const std::string next = trainCommand(arguments.folder, found->ranking.front().entrant);
    if (json) {
        printJson(asJson(*found, next));
    } else {
        print(*found, next);
    }
    return kSuccess;
}

}  // namespace

void addCompareCommand(CLI::App& app, Invocation& invocation) {
    CLI::App* command = app.add_subcommand(
        "compare", "Rank the backbones whose weights are here, and their depths, on a folder of images");
    const auto arguments = std::make_shared<Arguments>();
    comparing::CompareConfig& config = arguments->config;
    command->add_option("folder", arguments->folder, "FOLDER/CLASS/* or FOLDER/{train,val[,test]}/CLASS/*")
        ->required();
    command
        ->add_option(
            "--backbones", config.backbones,
            "Which of them, as in graft-cli backbones, or with a weight file of one's own (default: all "
            "whose weights are here)")
        ->delimiter(',')
        ->type_name("NAME|NAME=FILE,..");
    command
        ->add_option(
            "--budget", config.minutes,
            "Minutes that it may take: the cheapest come first, what does not fit is left out and named")
        ->capture_default_str();
    command
        ->add_option("--images", config.mostImages,
                     "Look at so many training images, drawn with each class's share")
        ->capture_default_str();
    command->add_option("--folds", config.folds, "Of the cross-validation")->capture_default_str();
    command
        ->add_option("--depths", config.depthsOf,
                     "Look behind every stage of so many of the best backbones too")
        ->capture_default_str();
    command->add_flag("--linear-only", arguments->linearOnly,
                      "Try no head with a hidden layer on the best backbone");
    command
        ->add_option(
            "--val-share", arguments->validationShare,
            "As of train: what is kept for validation where the folder has no split is not looked at")
        ->check(CLI::Range(0.001, 0.999))
        ->capture_default_str();
    command->add_option("--seed", config.seed, "Of the split, of the folds and of what is drawn")
        ->capture_default_str();
    command->add_option("--threads", config.threads, "Compute threads; 0: one per processor")
        ->check(CLI::Range(0, 4096))
        ->capture_default_str();
    command->add_option("--device", config.device, "auto, cpu, cuda or cuda:N")->capture_default_str();
    command->callback([&invocation, arguments] {
        invocation.action = [&invocation, arguments] { return compare(*arguments, invocation.json); };
    });
}

}  // namespace graft::cli
