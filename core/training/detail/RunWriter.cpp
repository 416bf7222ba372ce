// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/training/detail/RunWriter.h"

#include <ctime>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "core/base/detail/AtomicFile.h"

namespace graft::training {

namespace {

using Json = nlohmann::ordered_json;

std::string dump(const Json& json, int indent) {
    return json.dump(indent, ' ', false, Json::error_handler_t::replace);
}

std::string datasetJson(const data::DatasetIndex& dataset) {
    Json json;
    json["root"] = dataset.root;
    json["classes"] = dataset.classes;
    json["split_by_folders"] = dataset.splitByFolders;
    json["unused_files"] = dataset.unusedFiles;
    json["files"] = Json::array();
    for (const data::Sample& sample : dataset.samples) {
        json["files"].push_back({{"path", sample.path},
                                 {"class", sample.classIndex},
                                 {"split", splitName(sample.split)},
                                 {"bytes", sample.bytes},
                                 {"sha256", sample.sha256}});
    }
    json["problems"] = Json::array();
    for (const data::Problem& problem : dataset.problems) {
        json["problems"].push_back({{"path", problem.path},
                                    {"code", problemCodeName(problem.code)},
                                    {"message", problem.message},
                                    {"left_out", problem.leftOut}});
    }
    return dump(json, 1) + "\n";
}

}  // namespace

Result<void> checkIsNoRun(const std::string& runFolder) {
    if (runFolder.empty()) return fail(ErrorCode::InvalidArgument, "No folder was given for the run.");
    std::error_code error;
    if (!std::filesystem::exists(RunPaths(runFolder).config, error)) return {};
    return fail(ErrorCode::InvalidArgument,
                "A run lies here already; choose another folder, or resume the run.", runFolder);
}

Result<void> writePlan(const RunPaths& paths, const TrainConfig& config, const data::DatasetIndex& dataset) {
    return base::writeFileAtomically(paths.dataset, datasetJson(dataset)).and_then([&] {
        return base::writeFileAtomically(paths.config, toJson(config));
    });
}

Result<void> writeMetrics(const RunPaths& paths, const std::vector<EpochDone>& epochs) {
    return base::writeFileAtomically(paths.metrics, [&](std::ostream& out) {
        for (const EpochDone& epoch : epochs) {
            out << dump(Json{{"epoch", epoch.epoch},
                             {"train_loss", epoch.trainLoss},
                             {"train_accuracy", epoch.trainAccuracy},
                             {"val_loss", epoch.valLoss},
                             {"val_accuracy", epoch.valAccuracy},
                             {"learning_rate", epoch.learningRate},
                             {"seconds", epoch.seconds},
                             {"images_per_second", epoch.imagesPerSecond},
                             {"best", epoch.best},
                             {"train_images", epoch.trainImages},
                             {"val_images", epoch.validationImages}},
                        -1)
                << '\n';
        }
    });
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
        return fail(ErrorCode::Unwritable, "The file cannot be removed: " + error.message() + ".",
                    paths.completed);
    }
    base::syncFolder(paths.checkpoint);
    return {};
}

void appendLog(const RunPaths& paths, const std::string& line) {
    const std::time_t now = std::time(nullptr);
    std::tm local{};
    localtime_r(&now, &local);
    char stamp[32];
    std::strftime(stamp, sizeof(stamp), "%Y-%m-%d %H:%M:%S", &local);
    std::ofstream(paths.log, std::ios::app) << stamp << "  " << line << '\n';
}

}  // namespace graft::training
