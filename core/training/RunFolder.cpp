// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/training/RunFolder.h"

#include <algorithm>
#include <compare>
#include <cstdint>
#include <filesystem>
#include <limits>

#include "core/base/detail/TextFile.h"
#include "core/settings/Settings.h"
#include "core/training/RunCatalogue.h"
#include "core/training/detail/Decisions.h"
#include "core/training/detail/RunBegin.h"
#include "core/training/detail/RunCommit.h"
#include "core/training/detail/RunFailure.h"
#include "core/training/detail/RunJson.h"
#include "core/training/detail/RunLock.h"
#include "core/training/detail/RunWriter.h"

namespace graft::training {

namespace {

namespace fs = std::filesystem;

// Why resumeRun() would refuse, as far as that can be seen without reading the images.
Message obstacleFor(const RunSummary& run, const RunPaths& paths) {
    std::error_code error;
    if (run.isBeingTrained) return GRAFT_TEXT("Another Graft is training in this run.");
    if (run.completed) return GRAFT_TEXT("The run has come to its end.");
    if (!fs::is_regular_file(paths.state, error) && isTrained(run)) return kNoCheckpoint;
    const bool hasModel =
        fs::is_regular_file(paths.model, error) && fs::is_regular_file(paths.modelSidecar, error);
    if (isTrained(run) && !hasModel) return kNoModel;
    if (!fs::is_regular_file(paths.dataset, error))
        return GRAFT_TEXT("The run's list of files (dataset.json) is missing.");
    if (const auto decided = readDecisions(paths); !decided) return decided.error().text();
    if (fs::is_regular_file(paths.state, error)) {
        return fs::is_regular_file(paths.frozen, error) ? Message() : Message(kHalfCheckpoint);
    }
    if (!run.config.weightsFile.empty() && !fs::is_regular_file(run.config.weightsFile, error)) {
        return {GRAFT_TEXT("The run has no checkpoint yet, and the weights that it began with are not there "
                           "any more: {1}."),
                run.config.weightsFile};
    }
    return {};
}

// Where a run stands in the list: by when it began, and of those of the same second by config.json, which is
// written with the run and again when its images are located anew.
struct ListPlace {
    std::int64_t began = std::numeric_limits<std::int64_t>::min();
    fs::file_time_type written = fs::file_time_type::min();
    auto operator<=>(const ListPlace&) const = default;
};

ListPlace listPlaceOf(const std::string& runFolder) {
    const RunPaths paths(runFolder);
    std::error_code error;
    ListPlace place;
    place.began = beginOf(paths).value_or(place.began + 1);
    place.written = fs::last_write_time(paths.config, error);
    return place;
}

}  // namespace

Result<RunSummary> openRun(const std::string& runFolder) {
    const RunPaths paths(runFolder);
    std::error_code error;
    if (!fs::is_regular_file(paths.config, error)) {
        return fail(ErrorCode::NotFound,
                    GRAFT_TEXT("There is no run here (no config.json); give the folder of a run."),
                    runFolder);
    }
    auto config = base::readText(paths.config).and_then(settings::configFromJson);
    if (!config) return fail(config.error().code, config.error().message, paths.config);
    settleIfFree(paths);
    RunSummary run;
    run.folder = runFolder;
    run.name = fs::path(fs::weakly_canonical(runFolder, error)).filename().string();
    run.config = std::move(*config);
    run.config.runFolder = runFolder;
    if (fs::exists(paths.metrics, error)) {  // written with the first epoch
        auto epochs = base::readText(paths.metrics).and_then([&](const std::string& text) {
            return epochsFromJsonLines(text, paths.metrics);
        });
        if (!epochs) return fail(epochs.error());
        run.epochs = std::move(*epochs);
    }
    run.hasModel = fs::is_regular_file(paths.model, error);
    run.completed = fs::is_regular_file(paths.checkpoint + "/completed", error);
    if (const EpochDone* best = bestOf(run.epochs)) {
        run.bestEpoch = best->epoch;
        run.valAccuracy = best->valAccuracy;
    }
    run.isBeingTrained = RunLock::isHeld(runFolder);
    if (!run.completed && !run.isBeingTrained) run.whyFailed = failureOf(paths);
    run.whyNotResumable = obstacleFor(run, paths);
    run.resumable = run.whyNotResumable.empty();
    run.status = statusOf(run);
    return run;
}

Result<std::vector<ListedRun>> listRuns(const std::string& folder) {
    std::vector<std::pair<ListPlace, ListedRun>> found;
    std::error_code error;
    fs::directory_iterator it(folder, error);
    if (error == std::errc::no_such_file_or_directory) return std::vector<ListedRun>{};
    for (const fs::directory_iterator end; !error && it != end; it.increment(error)) {
        std::error_code away;
        const fs::path config = it->path() / "config.json";
        const std::string run = it->path().string();
        if (fs::is_regular_file(config, away)) {
            found.emplace_back(listPlaceOf(run), ListedRun{run, openRun(run)});
        } else if (away && away != std::errc::no_such_file_or_directory &&
                   away != std::errc::not_a_directory) {
            found.emplace_back(
                ListPlace(),
                ListedRun{run,
                          fail(ErrorCode::Unreadable,
                               {GRAFT_TEXT("The folder cannot be looked into: {1}."), away.message()}, run)});
        }
    }
    if (error) {
        return fail(ErrorCode::Unreadable, {GRAFT_TEXT("The runs cannot be listed: {1}."), error.message()},
                    folder);
    }
    std::ranges::stable_sort(found, std::ranges::greater{}, [](const auto& entry) { return entry.first; });
    std::vector<ListedRun> runs;
    for (auto& [place, run] : found)
        runs.push_back(std::move(run));
    return runs;
}

Result<data::DatasetIndex> readDataset(const std::string& runFolder) {
    const RunPaths paths(runFolder);
    std::error_code error;
    if (!fs::is_regular_file(paths.dataset, error)) {
        return fail(ErrorCode::NotFound,
                    GRAFT_TEXT("The run's list of files is missing; start the run anew."), paths.dataset);
    }
    return base::readText(paths.dataset).and_then([&](const std::string& text) {
        return datasetFromJson(text, paths.dataset);
    });
}

Result<evaluation::Evaluation> readEvaluation(const std::string& runFolder) {
    const RunPaths paths(runFolder);
    return evaluation::evaluationFromFiles(paths.evaluation, paths.predictions);
}

}  // namespace graft::training
