// SPDX-License-Identifier: GPL-3.0-or-later
// One run's line of RunCatalogue.h.
#include <algorithm>
#include <filesystem>

#include "core/backbones/Head.h"
#include "core/settings/Phases.h"
#include "core/training/RunCatalogue.h"
#include "core/training/detail/RunBegin.h"
#include "core/training/detail/RunLog.h"
#include "core/training/detail/RunWriter.h"

namespace graft::training {

namespace {

namespace fs = std::filesystem;
using Units = std::vector<backbones::UnitSummary>;

// A run whose checkpoint was removed, and the mark in it with that, by what else tells it.
bool hasEnded(const RunSummary& run) {
    const RunPaths paths(run.folder);
    std::error_code error;
    if (fs::exists(paths.state, error) || run.epochs.empty() || !run.whyFailed.empty()) return false;
    return static_cast<int>(run.epochs.size()) >= run.config.epochs || completedInLog(paths.log);
}

Message withoutUnits(std::size_t frozen) {
    if (frozen == 1) return GRAFT_TEXT("all but 1 frozen block");
    return {GRAFT_TEXT("all but {1} frozen blocks"), frozen};
}

// What the freeze plan leaves.
Message partText(const settings::TrainConfig& config, const Units& all) {
    if (config.freeze.frozenUnits.empty()) return GRAFT_TEXT("everything");
    if (all.empty()) return withoutUnits(config.freeze.frozenUnits.size());
    const Units units = backbones::unitsBelow(config.head, all);
    const auto isTrained = [&](const backbones::UnitSummary& unit) {
        return !config.freeze.isFrozen(unit.name);
    };
    const auto count = static_cast<std::size_t>(std::ranges::count_if(units, isTrained));
    if (count == 0) return GRAFT_TEXT("the head");
    if (count == units.size()) return GRAFT_TEXT("everything");
    const std::size_t first = units.size() - count;
    if (!std::all_of(units.end() - static_cast<std::ptrdiff_t>(count), units.end(), isTrained))
        return {GRAFT_TEXT("{1} of {2} blocks"), count, units.size()};
    const bool beginsStage = units[first].stage != units[first - 1].stage && !units[first].stage.empty();
    return {GRAFT_TEXT("from {1} on"), beginsStage ? units[first].stage : units[first].name};
}

}  // namespace

RunStatus statusOf(const RunSummary& run) {
    if (run.isBeingTrained) return RunStatus::Running;
    if (run.completed || hasEnded(run)) return RunStatus::Completed;
    if (!run.whyFailed.empty()) return RunStatus::Failed;
    std::error_code error;
    const bool hasBegun = isTrained(run) || fs::exists(RunPaths(run.folder).state, error);
    return hasBegun ? RunStatus::Stopped : RunStatus::NotBegun;
}

std::string_view statusName(RunStatus status) {
    switch (status) {
        case RunStatus::NotBegun:
            return "not_begun";
        case RunStatus::Running:
            return "running";
        case RunStatus::Stopped:
            return "stopped";
        case RunStatus::Failed:
            return "failed";
        case RunStatus::Completed:
            break;
    }
    return "completed";
}

Message statusText(RunStatus status) {
    switch (status) {
        case RunStatus::NotBegun:
            return GRAFT_TEXT("not begun");
        case RunStatus::Running:
            return GRAFT_TEXT("is being trained");
        case RunStatus::Stopped:
            return GRAFT_TEXT("stopped");
        case RunStatus::Failed:
            return GRAFT_TEXT("failed");
        case RunStatus::Completed:
            break;
    }
    return GRAFT_TEXT("completed");
}

Message trainedText(const settings::TrainConfig& config, const Units& units) {
    const settings::Plan* plan = settings::planOf(config);
    if (plan == nullptr || plan->name == "one") return partText(config, units);
    const Message label(plan->label.c_str());
    if (!plan->usesFreeze) return {GRAFT_TEXT("in phases ({1})"), label};
    return {GRAFT_TEXT("{1}, in phases ({2})"), partText(config, units), label};
}

Result<RunCard> readCard(const std::string& runFolder, const UnitsOf& unitsOf) {
    auto run = openRun(runFolder);
    if (!run) return fail(run.error());
    RunCard card;
    card.run = std::move(*run);
    const settings::TrainConfig& config = card.run.config;
    const bool needsUnits = unitsOf && !config.freeze.frozenUnits.empty();
    card.trained = trainedText(config, needsUnits ? unitsOf(config.backbone).value_or(Units()) : Units());
    std::error_code error;
    card.hasDataset = !config.datasetFolder.empty() && fs::is_directory(config.datasetFolder, error);
    card.best = bestFigureOf(card.run);
    for (const EpochDone& epoch : card.run.epochs)
        card.seconds += epoch.seconds;
    card.began = beginOf(RunPaths(runFolder));
    auto note = readNote(runFolder);
    if (note) {
        card.note = std::move(*note);
    } else {
        card.noteProblem = note.error();
    }
    return card;
}

}  // namespace graft::training
