// SPDX-License-Identifier: GPL-3.0-or-later
// A run's folder as it lies there after its training, without weights and images: for lists and tables.
#pragma once

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "core/settings/Settings.h"
#include "tests/support/TestFiles.h"

namespace graft::test {

// An epoch for each accuracy; the best one is marked as it would be.
inline void writePlainRun(const std::string& folder, const settings::TrainConfig& config,
                          const std::vector<double>& accuracies, const std::string& began,
                          bool completed = true) {
    writeText(folder + "/config.json", settings::toJson(config));
    nlohmann::json list{{"root", config.datasetFolder},     {"classes", {"cat", "dog"}},
                        {"split_by_folders", true},         {"unused_files", 0},
                        {"files", nlohmann::json::array()}, {"problems", nlohmann::json::array()}};
    for (int i = 0; i < 4; ++i) {
        list["files"].push_back({{"path", "file-" + std::to_string(i) + ".png"},
                                 {"class", i % 2},
                                 {"split", i < 2 ? "train" : "val"},
                                 {"bytes", 100 + i},
                                 {"sha256", std::string(63, 'a') + std::to_string(i)}});
    }
    writeText(folder + "/dataset.json", list.dump(1));
    std::string metrics;
    double best = -1;
    for (std::size_t i = 0; i < accuracies.size(); ++i) {
        const double accuracy = accuracies[i];
        metrics +=
            nlohmann::json{{"epoch", i + 1},           {"train_loss", 0.5},         {"train_accuracy", 0.5},
                           {"val_loss", 1 - accuracy}, {"val_accuracy", accuracy},  {"learning_rate", 0.01},
                           {"seconds", 1.5},           {"images_per_second", 10.0}, {"best", accuracy > best}}
                .dump() +
            "\n";
        best = std::max(best, accuracy);
    }
    if (!accuracies.empty()) {
        writeText(folder + "/metrics.jsonl", metrics);
        writeText(folder + "/model.safetensors", "no weights");
        writeText(folder + "/model.safetensors.json", "no model");
        writeText(folder + "/checkpoint/state.safetensors", "no weights");
        writeText(folder + "/checkpoint/frozen.safetensors", "no weights");
    }
    if (completed) writeText(folder + "/checkpoint/completed", "");
    writeText(folder + "/log.txt", began + "  started: plainly\n");
}

}  // namespace graft::test
