// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/training/detail/RunWriter.h"

#include <ctime>
#include <filesystem>
#include <fstream>

#include "core/base/detail/AtomicFile.h"
#include "core/base/detail/TextFile.h"
#include "core/settings/Settings.h"
#include "core/training/detail/RunJson.h"
#include "core/training/detail/RunList.h"
#include "core/training/detail/RunLog.h"

namespace graft::training {

Result<void> checkIsNoRun(const std::string& runFolder) {
    if (runFolder.empty())
        return fail(ErrorCode::InvalidArgument, GRAFT_TEXT("No folder was given for the run."));
    std::error_code error;
    const RunPaths paths(runFolder);
    if (std::filesystem::exists(paths.config, error)) {
        return fail(ErrorCode::InvalidArgument,
                    GRAFT_TEXT("A run lies here already; choose another folder, or resume the run."),
                    runFolder);
    }
    // A start that was killed leaves a checkpoint's folder and then dataset.json: those are no one's. Any
    // other dataset.json is somebody's.
    const auto isLeftover = [&](const std::string& file) {
        return file == paths.dataset && std::filesystem::is_directory(paths.checkpoint, error) &&
               base::readText(file).and_then(
                   [&](const std::string& text) { return datasetFromJson(text, file); });
    };
    for (const std::string& file :
         {paths.dataset, paths.model, paths.modelSidecar, paths.metrics, paths.evaluation, paths.predictions,
          paths.decisions, paths.log, paths.state, paths.frozen, paths.completed, paths.failure, paths.note,
          paths.checkpoint + "/next"}) {
        if (!std::filesystem::exists(file, error) || isLeftover(file)) continue;
        return fail(
            ErrorCode::InvalidArgument,
            GRAFT_TEXT("The run would write over a file that lies here already; choose another folder, "
                       "or take the file away."),
            file);
    }
    return {};
}

Result<void> writePlan(const RunPaths& paths, const settings::TrainConfig& config,
                       const data::DatasetIndex& dataset, const std::string& run) {
    return base::writeFileAtomically(paths.dataset, listText(dataset, run)).and_then([&] {
        return base::writeFileAtomically(paths.config, toJson(config));
    });
}

Result<void> writeMetrics(const RunPaths& paths, const std::vector<EpochDone>& epochs) {
    return base::writeFileAtomically(paths.metrics, toJsonLines(epochs));
}

Result<void> writeEvaluation(const RunPaths& paths, const evaluation::Evaluation& evaluation) {
    return base::writeFileAtomically(paths.predictions, toCsv(evaluation)).and_then([&] {
        return base::writeFileAtomically(paths.evaluation, toJson(evaluation));
    });
}

Result<void> markCompleted(const RunPaths& paths) {
    return base::writeFileAtomically(paths.completed, "The training has come to its end.\n");
}

Result<void> unmarkCompleted(const RunPaths& paths) {
    std::error_code error;
    std::filesystem::remove(paths.completed, error);
    if (error) {
        return fail(ErrorCode::Unwritable, {GRAFT_TEXT("The file cannot be removed: {1}."), error.message()},
                    paths.completed);
    }
    base::syncFolder(paths.checkpoint);
    return {};
}

void appendLog(const RunPaths& paths, const std::string& line) {
    std::error_code error;
    if (std::filesystem::exists(paths.log, error) && !std::filesystem::is_regular_file(paths.log, error))
        return;  // a pipe would be waited for
    std::ofstream(paths.log, std::ios::app) << logStamp(std::time(nullptr)) << "  " << line << '\n';
}

}  // namespace graft::training
