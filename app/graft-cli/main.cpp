// SPDX-License-Identifier: GPL-3.0-or-later
#include <fcntl.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cmath>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <string>
#include <string_view>
#include <vector>

#include "app/graft-cli/Commands.h"
#include "app/graft-cli/Output.h"
#include "core/runtime/ThreadBudget.h"

namespace {

using namespace graft::cli;

// CLI11 reads 010 as eight, and takes -1 and what no number holds for the largest of all.
const CLI::Validator kWholeNumber(
    [](std::string& text) {
        const bool isSigned = text.starts_with('-');
        const char* const end = text.data() + text.size();
        std::uint64_t value = 0;
        const auto [at, error] = std::from_chars(text.data() + (isSigned ? 1 : 0), end, value);
        const bool leadingZero = text.size() > 1 && text[isSigned ? 1 : 0] == '0';
        if (error == std::errc::result_out_of_range) return text + " is too large";
        return error != std::errc() || at != end || leadingZero ? text + " is no whole number"
                                                                : std::string();
    },
    "");
const CLI::Validator kNotNegative(
    [](std::string& text) { return text.starts_with('-') ? text + " is negative" : std::string(); }, "");

const CLI::Validator kFinite(
    [](std::string& text) {
        return std::isfinite(std::strtod(text.c_str(), nullptr)) ? std::string()
                                                                 : text + " is no finite number";
    },
    "");
// A variable of a script that was not set.
const CLI::Validator kNotEmpty(
    [](std::string& text) { return text.empty() ? std::string("nothing was given") : std::string(); }, "");

void checkValues(CLI::App& app) {
    for (CLI::App* command : app.get_subcommands([](CLI::App*) { return true; })) {
        for (CLI::Option* option : command->get_options()) {
            const std::string type = option->get_type_name();
            if (type.starts_with("INT") || type.starts_with("UINT")) option->check(kWholeNumber);
            if (type.starts_with("UINT")) option->check(kNotNegative);
            if (type.starts_with("FLOAT")) option->check(kFinite);
            if (type.starts_with("TEXT")) option->check(kNotEmpty);
        }
        checkValues(*command);
    }
}

// A file that is opened later must not become one of the standard three, and be written into by what is meant
// for a person. Standard output stays one that cannot be written.
void fillStandardDescriptors() {
    for (const int descriptor : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
        if (fcntl(descriptor, F_GETFD) >= 0) continue;
        // takes the lowest that is free: this one
        static_cast<void>(open("/dev/null", descriptor == STDERR_FILENO ? O_WRONLY : O_RDONLY));
    }
}

std::vector<std::string> commandsOf(CLI::App& app) {
    std::vector<std::string> names;
    for (const CLI::App* command : app.get_subcommands([](CLI::App*) { return true; }))
        names.push_back(command->get_name());
    return names;
}

bool isCommandOf(CLI::App& app, const std::string& name) {
    const std::vector<std::string> names = commandsOf(app);
    return std::ranges::find(names, name) != names.end();
}

// The first word behind a command that has commands of its own, where it is none of these: CLI11 would only
// say that a subcommand is required. Empty: all is well.
std::string strangerBehind(CLI::App& command, int argc, char** argv) {
    if (command.get_require_subcommand_min() == 0) return {};
    for (int i = 2; i < argc; ++i) {
        const std::string word = argv[i];
        if (!word.starts_with('-')) return isCommandOf(command, word) ? std::string() : word;
        const CLI::Option* option = command.get_option_no_throw(word);
        if (option != nullptr && option->get_items_expected_max() > 0) ++i;  // its value
    }
    return {};
}

int refuseStranger(CLI::App& command, const std::string& word, bool json) {
    std::string names;
    for (const std::string& name : commandsOf(command))
        names += (names.empty() ? "" : ", ") + name;
    return reportError({graft::ErrorCode::InvalidArgument,
                        {GRAFT_TEXT("There is no command \"{1} {2}\"; {1} has {3}. Run graft-cli {1} "
                                    "--help."),
                         command.get_name(), word, names},
                        ""},
                       json);
}

// Also where standard output cannot be written: what a caller has not got was not done.
int statusOf(const Invocation& invocation) {
    int status = kFailure;
    std::string unforeseen;
    try {
        status = invocation.action();
    } catch (const std::exception& error) {
        unforeseen = error.what();
    }
    errno = 0;
    if (std::fflush(stdout) != 0 || std::ferror(stdout) != 0) {
        if (!isReaderGone()) {
            say("graft-cli: Standard output cannot be written{}; is the disk full?\n",
                errno != 0 ? std::string(": ") + std::strerror(errno) : "");
        }
        return kFailure;
    }
    return unforeseen.empty()
               ? status
               : reportError({graft::ErrorCode::Internal, graft::Message::words(unforeseen), ""},
                             invocation.json);
}

}  // namespace

int main(int argc, char** argv) {
    fillStandardDescriptors();
    // A reader that is gone, and a limit on the size of files, are writes that fail, and end no training.
    std::signal(SIGPIPE, SIG_IGN);
    std::signal(SIGXFSZ, SIG_IGN);
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
    addCostCommand(app, invocation);
    addFindLrCommand(app, invocation);
    addCompareCommand(app, invocation);
    addRecipesCommand(app, invocation);
    addResumeCommand(app, invocation);
    addRunsCommand(app, invocation);
    addEvaluateCommand(app, invocation);
    addExportCommand(app, invocation);
    addPredictCommand(app, invocation);
    addImportIdxCommand(app, invocation);
    addWeightsCommand(app, invocation);
    checkValues(app);

    const bool json =
        std::any_of(argv, argv + argc, [](const char* arg) { return std::string_view(arg) == "--json"; });
    // CLI11 would only say that a subcommand is required.
    const bool isCommand = argc > 1 && argv[1][0] != '-';
    if (isCommand && !isCommandOf(app, argv[1])) {
        return reportError({graft::ErrorCode::InvalidArgument,
                            {GRAFT_TEXT("There is no command \"{1}\". Run graft-cli --help."), argv[1]},
                            ""},
                           json);
    }
    if (isCommand) {
        CLI::App* command = app.get_subcommand(argv[1]);
        const std::string stranger = strangerBehind(*command, argc, argv);
        if (!stranger.empty()) return refuseStranger(*command, stranger, json);
    }
    try {
        app.parse(argc, argv);
    } catch (const CLI::Success& request) {  // --help, --version
        return app.exit(request);
    } catch (const CLI::ParseError& error) {
        std::string message = error.what();
        if (!message.ends_with('.')) message += '.';
        reportError(
            {graft::ErrorCode::InvalidArgument, {GRAFT_TEXT("{1} Run graft-cli --help."), message}, ""},
            json);
        return kWrongCommandLine;
    }
    return statusOf(invocation);
}
