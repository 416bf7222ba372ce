// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/training/RunFolder.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "core/training/detail/RunCommit.h"
#include "core/training/detail/RunLock.h"
#include "core/training/detail/RunWriter.h"

namespace graft::training {

namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

std::string readText(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
}

std::vector<EpochDone> readMetrics(const std::string& path) {
    std::vector<EpochDone> epochs;
    std::ifstream file(path);
    std::string line;
    while (std::getline(file, line)) {
        const Json json = Json::parse(line);
        epochs.push_back({json.at("epoch"), json.at("train_loss"), json.at("train_accuracy"),
                          json.at("val_loss"), json.at("val_accuracy"), json.at("learning_rate"),
                          json.at("seconds"), json.at("images_per_second"), json.at("best"),
                          json.value("train_images", std::size_t{0}),
                          json.value("val_images", std::size_t{0})});
    }
    return epochs;
}

data::Split splitFromName(const std::string& name) {
    for (const data::Split split : {data::Split::Train, data::Split::Validation}) {
        if (splitName(split) == name) return split;
    }
    return data::Split::Test;
}

data::ProblemCode problemFromName(const std::string& name) {
    for (const data::ProblemCode code : data::problemCodes()) {
        if (problemCodeName(code) == name) return code;
    }
    return data::ProblemCode::ClassMissingInSplit;
}

// Why resumeRun() would refuse, as far as that can be seen without reading the images.
std::string obstacleFor(const RunSummary& run, const RunPaths& paths) {
    std::error_code error;
    if (run.isBeingTrained) return "Another Graft is training in this run.";
    if (run.completed) return "The run has come to its end.";
    if (!fs::is_regular_file(paths.dataset, error))
        return "The run's list of files (dataset.json) is missing.";
    if (fs::is_regular_file(paths.state, error)) {
        return fs::is_regular_file(paths.frozen, error) ? "" : "Half of the run's checkpoint is missing.";
    }
    if (!run.config.weightsFile.empty() && !fs::is_regular_file(run.config.weightsFile, error)) {
        return "The run has no checkpoint yet, and the weights that it began with are not there any more: " +
               run.config.weightsFile + ".";
    }
    return "";
}

}  // namespace

Result<RunSummary> openRun(const std::string& runFolder) try {
    const RunPaths paths(runFolder);
    std::error_code error;
    if (!fs::is_regular_file(paths.config, error)) {
        return fail(ErrorCode::NotFound, "There is no run here (no config.json); give the folder of a run.",
                    runFolder);
    }
    auto config = configFromJson(readText(paths.config));
    if (!config) return fail(config.error().code, config.error().message, paths.config);
    settleIfFree(paths);
    RunSummary run;
    run.folder = runFolder;
    run.name = fs::path(fs::weakly_canonical(runFolder, error)).filename().string();
    run.config = std::move(*config);
    run.config.runFolder = runFolder;
    run.epochs = readMetrics(paths.metrics);
    run.hasModel = fs::is_regular_file(paths.model, error);
    run.completed = fs::is_regular_file(paths.checkpoint + "/completed", error);
    if (const EpochDone* best = bestOf(run.epochs)) {
        run.bestEpoch = best->epoch;
        run.valAccuracy = best->valAccuracy;
    }
    run.isBeingTrained = RunLock::isHeld(runFolder);
    run.whyNotResumable = obstacleFor(run, paths);
    run.resumable = run.whyNotResumable.empty();
    return run;
} catch (const std::exception& exception) {
    return fail(ErrorCode::BadFormat, std::string("The run's files are damaged: ") + exception.what() + ".",
                runFolder);
}

std::vector<RunSummary> listRuns(const std::string& folder) {
    std::vector<std::pair<fs::file_time_type, RunSummary>> found;
    std::error_code error;
    for (fs::directory_iterator it(folder, error), end; !error && it != end; it.increment(error)) {
        std::error_code ignored;
        const fs::path config = it->path() / "config.json";
        if (!fs::is_regular_file(config, ignored)) continue;
        if (auto run = openRun(it->path().string())) {
            found.emplace_back(fs::last_write_time(config, ignored), std::move(*run));
        }
    }
    std::ranges::stable_sort(found, std::ranges::greater{}, [](const auto& entry) { return entry.first; });
    std::vector<RunSummary> runs;
    for (auto& [time, run] : found)
        runs.push_back(std::move(run));
    return runs;
}

Result<data::DatasetIndex> readDataset(const std::string& runFolder) try {
    const RunPaths paths(runFolder);
    std::error_code error;
    if (!fs::is_regular_file(paths.dataset, error)) {
        return fail(ErrorCode::NotFound, "The run's list of files is missing; start the run anew.",
                    paths.dataset);
    }
    const Json json = Json::parse(readText(paths.dataset));
    data::DatasetIndex index;
    index.root = json.at("root");
    index.classes = json.at("classes").get<std::vector<std::string>>();
    index.splitByFolders = json.at("split_by_folders");
    index.unusedFiles = json.at("unused_files");
    for (const Json& file : json.at("files")) {
        data::Sample sample{file.at("path"), file.at("class"), splitFromName(file.at("split")),
                            file.at("bytes"), file.at("sha256")};
        if (sample.classIndex < 0 || static_cast<std::size_t>(sample.classIndex) >= index.classes.size()) {
            return fail(ErrorCode::BadFormat, "The run's list of files is damaged.", paths.dataset);
        }
        index.samples.push_back(std::move(sample));
    }
    for (const Json& problem : json.at("problems")) {
        index.problems.push_back({problem.at("path"), problemFromName(problem.at("code")),
                                  problem.at("message"), problem.at("left_out")});
    }
    return index;
} catch (const Json::exception& exception) {
    return fail(ErrorCode::BadFormat,
                std::string("The run's list of files is damaged: ") + exception.what() + ".",
                RunPaths(runFolder).dataset);
}

Result<evaluation::Evaluation> readEvaluation(const std::string& runFolder) {
    const RunPaths paths(runFolder);
    return evaluation::evaluationFromFiles(paths.evaluation, paths.predictions);
}

}  // namespace graft::training
