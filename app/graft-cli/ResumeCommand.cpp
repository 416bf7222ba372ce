// SPDX-License-Identifier: GPL-3.0-or-later
#include <CLI/CLI.hpp>
#include <memory>

#include "app/graft-cli/Commands.h"
#include "app/graft-cli/Output.h"
#include "app/graft-cli/SignalStop.h"

namespace graft::cli {

void addResumeCommand(CLI::App& app, Invocation& invocation) {
    CLI::App* command = app.add_subcommand("resume", "Go on with a run where it stopped");
    const auto run = std::make_shared<std::string>();
    command->add_option("run", *run, "Folder of the run")->required();
    command->callback([&invocation, run] {
        invocation.action = [&invocation, run] {
            SignalStop stop;
            return printReport(training::resumeRun(*run, epochPrinter(), stop.control()), invocation.json);
        };
    });
}

}  // namespace graft::cli
