// SPDX-License-Identifier: GPL-3.0-or-later
// Each command registers itself with its options; main() runs the one that was given.
#pragma once

#include <functional>

namespace CLI {
class App;
}

namespace graft::cli {

struct Invocation {
    bool json = false;            // --json: one document on standard output
    std::function<int()> action;  // of the command given; returns the exit status
};

void addBackbonesCommand(CLI::App& app, Invocation& invocation);
void addBlocksCommand(CLI::App& app, Invocation& invocation);
void addCacheCommand(CLI::App& app, Invocation& invocation);
void addCostCommand(CLI::App& app, Invocation& invocation);
void addCompareCommand(CLI::App& app, Invocation& invocation);
void addEvaluateCommand(CLI::App& app, Invocation& invocation);
void addExportCommand(CLI::App& app, Invocation& invocation);
void addFindLrCommand(CLI::App& app, Invocation& invocation);
void addImportIdxCommand(CLI::App& app, Invocation& invocation);
void addPredictCommand(CLI::App& app, Invocation& invocation);
void addRecipesCommand(CLI::App& app, Invocation& invocation);
void addResumeCommand(CLI::App& app, Invocation& invocation);
void addRunsCommand(CLI::App& app, Invocation& invocation);
void addScanCommand(CLI::App& app, Invocation& invocation);
void addTrainCommand(CLI::App& app, Invocation& invocation);
void addWeightsCommand(CLI::App& app, Invocation& invocation);

}  // namespace graft::cli
