// SPDX-License-Identifier: GPL-3.0-or-later
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "app/graft-cli/Commands.h"
#include "app/graft-cli/Output.h"
#include "app/graft-cli/SignalStop.h"
#include "core/data/IdxImport.h"

namespace graft::cli {

namespace {

struct Options {
    std::string images;
    std::string labels;
    std::string folder;
    data::IdxImportOptions import;
};

}  // namespace

void addImportIdxCommand(CLI::App& app, Invocation& invocation) {
    CLI::App* command =
        app.add_subcommand("import-idx", "Turn IDX files (MNIST, Fashion-MNIST) into an image folder");
    const auto options = std::make_shared<Options>();
    command->add_option("images", options->images, "IDX file of pictures, gzipped or not")->required();
    command->add_option("labels", options->labels, "IDX file of labels, gzipped or not")->required();
    command->add_option("folder", options->folder, "Where to write FOLDER/CLASS/*.png")->required();
    command->add_option("--per-class", options->import.perClass, "At most so many pictures a class (0: all)")
        ->capture_default_str();
    command->add_option("--names", options->import.classNames, "Class names by label: a,b,..")
        ->delimiter(',');
    command->callback([&invocation, options] {
        invocation.action = [&invocation, options]() -> int {
            SignalStop stop;
            const auto report = data::importIdx(options->images, options->labels, options->folder,
                                                options->import, progressLine("importing"), &stop.control());
            if (!report) return reportError(report.error(), invocation.json);
            if (invocation.json) {
                printJson(
                    {{"folder", options->folder}, {"images", report->images}, {"classes", report->classes}});
            } else {
                printText("{} pictures of {} classes are in {}.\n", report->images, report->classes.size(),
                          options->folder);
            }
            return kSuccess;
        };
    });
}

}  // namespace graft::cli
