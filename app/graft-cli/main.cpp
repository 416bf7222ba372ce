// SPDX-License-Identifier: GPL-3.0-or-later
#include <CLI/CLI.hpp>
#include <algorithm>
#include <string_view>

#include "app/graft-cli/Commands.h"
#include "app/graft-cli/Output.h"
#include "core/runtime/ThreadBudget.h"

int main(int argc, char** argv) {
    using namespace graft::cli;
    graft::runtime::tuneAllocator();

    CLI::App app("Transfer learning on images, without a window.", "graft-cli");
    Invocation invocation;
    app.set_version_flag("--version", "graft-cli " GRAFT_VERSION);
    app.add_flag("--json", invocation.json, "One JSON document on standard output");
    app.require_subcommand(1);
    app.fallthrough();  // --json after the command too
    addBackbonesCommand(app, invocation);
    addBlocksCommand(app, invocation);
    addCacheCommand(app, invocation);
    addScanCommand(app, invocation);
    addTrainCommand(app, invocation);
    addResumeCommand(app, invocation);
    addEvaluateCommand(app, invocation);
    addExportCommand(app, invocation);
    addPredictCommand(app, invocation);
    addImportIdxCommand(app, invocation);
    addWeightsCommand(app, invocation);

    const bool json =
        std::any_of(argv, argv + argc, [](const char* arg) { return std::string_view(arg) == "--json"; });
    // CLI11 would only say that a subcommand is required.
    if (argc > 1 && argv[1][0] != '-' &&
        std::ranges::none_of(app.get_subcommands([](CLI::App*) { return true; }),
                             [&](const CLI::App* command) { return command->get_name() == argv[1]; })) {
        return reportError(
            {graft::ErrorCode::InvalidArgument,
             "There is no command \"" + std::string(argv[1]) + "\". Run graft-cli --help.", ""},
            json);
    }
    try {
        app.parse(argc, argv);
    } catch (const CLI::Success& request) {  // --help, --version
        return app.exit(request);
    } catch (const CLI::ParseError& error) {
        std::string message = error.what();
        if (!message.ends_with('.')) message += '.';
        reportError({graft::ErrorCode::InvalidArgument, message + " Run graft-cli --help.", ""}, json);
        return kWrongCommandLine;
    }
    return invocation.action();
}
