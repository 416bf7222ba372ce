// SPDX-License-Identifier: GPL-3.0-or-later
#include <CLI/CLI.hpp>
#include <memory>

#include "app/graft-cli/Commands.h"
#include "app/graft-cli/Output.h"
#include "app/graft-cli/SignalStop.h"

namespace graft::cli {

void addResumeCommand(CLI::App& app, Invocation& invocation) {
    struct Arguments {
        std::string run;
        training::ResumeOptions options;
    };
    CLI::App* command =
        app.add_subcommand("resume", "Go on with a run where it stopped, or with more epochs");
    const auto arguments = std::make_shared<Arguments>();
    command->add_option("run", arguments->run, "Folder of the run")->required();
    command->add_option("--data", arguments->options.dataFolder,
                        "Where the images lie now, if they have moved; known by path and SHA-256");
    command
        ->add_option("--epochs", arguments->options.epochs,
                     "Epochs of the run in all, more than are done; a completed run goes on too")
        ->check(CLI::Range(1, 1000000));
    command->add_option("--device", arguments->options.device,
                        "Another one than the run began on, which gives other numbers");
    command->callback([&invocation, arguments] {
        invocation.action = [&invocation, arguments] {
            SignalStop stop;
            return printReport(
                training::resumeRun(arguments->run, epochPrinter(), stop.control(), arguments->options),
                invocation.json);
        };
    });
}

}  // namespace graft::cli
