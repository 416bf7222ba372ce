// SPDX-License-Identifier: GPL-3.0-or-later
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "app/graft-cli/Commands.h"
#include "app/graft-cli/Output.h"
#include "app/graft-cli/SignalStop.h"
#include "core/exporting/Exporter.h"
#include "core/inference/ModelFormat.h"

namespace graft::cli {

namespace {

struct Options {
    std::string run;
    std::string format;
    std::string output;
    bool verify = false;
};

int run(const Options& options, bool json) {
    SignalStop stop;
    if (const auto known = inference::formatOf(options.format); !known)
        return reportError(known.error(), json);
    const auto report = exporting::exportRun(options.run, options.format, options.output, options.verify,
                                             progressLine("verifying"), stop.control());
    if (!report) return reportError(report.error(), json);
    if (json) {
        Json document{{"file", report->file}, {"format", options.format}, {"bytes", report->bytes}};
        document["verified"] = nullptr;
        if (report->verified) {
            document["verified"] = {{"images", report->verified->images},
                                    {"same_class", report->verified->sameClass},
                                    {"unread", report->verified->unread},
                                    {"max_difference", report->verified->maxDifference}};
        }
        printJson(document);
        return kSuccess;
    }
    printText("Wrote {} ({:.1f} MB) and {}{}.\n", report->file, static_cast<double>(report->bytes) / 1e6,
              report->sidecar, report->helper.empty() ? "" : " and " + report->helper);
    if (report->verified) {
        printText("Opened again: {} of {} images the same class, largest difference {:.1e}.\n",
                  report->verified->sameClass, report->verified->images, report->verified->maxDifference);
        if (report->verified->unread == 1) {
            printText("1 validation image can no longer be read and was not compared.\n");
        } else if (report->verified->unread > 1) {
            printText("{} validation images can no longer be read and were not compared.\n",
                      report->verified->unread);
        }
    }
    return kSuccess;
}

}  // namespace

void addExportCommand(CLI::App& app, Invocation& invocation) {
    CLI::App* command = app.add_subcommand("export", "Write a run's best model for other programs");
    const auto options = std::make_shared<Options>();
    command->add_option("run", options->run, "Folder of the run")->required();
    command->add_option("--format", options->format, inference::formatsHelp())->required();
    command->add_option("--output", options->output, "File to write")->required();
    command->add_flag("--verify", options->verify,
                      "Open the file again and compare its answers on the validation images");
    command->callback([&invocation, options] {
        invocation.action = [&invocation, options] { return run(*options, invocation.json); };
    });
}

}  // namespace graft::cli
