// SPDX-License-Identifier: GPL-3.0-or-later
// What a run decided at its start, or a phase at its own, beyond the settings, where it changes numbers:
// RUN/decisions.json. A resumed run follows it, whatever the machine would decide on that day.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/base/Result.h"
#include "core/data/DatasetIndex.h"
#include "core/settings/TrainConfig.h"
#include "core/training/detail/RunWriter.h"
#include "core/training/detail/TrainedOn.h"

namespace graft::training {

using SettingText = std::array<std::string, 2>;  // its way through config.json, and its value there

// Of a phase: whether features of the frozen units stand for them. That decides which variants an image has
// and what they are computed in. Whether they are also kept on the disk changes no number.
struct FeatureDecision {
    bool used = false;
    std::size_t units = 0;          // that the features stand for
    std::string type = "float32";   // that they are computed in: also "bfloat16", "float16"
    std::uint64_t budgetBytes = 0;  // of the cache when this was decided
};

struct Decisions {
    std::string run = {};   // the run's id, in dataset.json and its checkpoint too; empty in older runs
    std::string graft;      // versions, for people and for the sentence when they have changed
    std::string libtorch;   // "1.13.1"
    std::string processor;  // see runtime::calculatorName(); empty in older runs
    std::string device;     // "cpu" or "cuda"
    int threads = 0;        // that calculate
    // Of config.json what changes numbers, and of dataset.json the classes and the images' splits, in order:
    // who edits them goes on with another run. Empty in older runs.
    std::vector<SettingText> settings = {};
    std::string listSha256 = {};
    std::string weightsSha256;  // of the file that the backbone's weights came from; empty for random ones
    // What the weights file had learnt when the run began: it may be gone later. Empty in older runs.
    std::optional<Learnt> learntBefore = std::nullopt;
    std::vector<FeatureDecision> features = {};  // by phase; of those that have begun
};

std::vector<SettingText> settingsThatCount(const settings::TrainConfig& config);
std::string hashOfList(const data::DatasetIndex& dataset);
// Of config.json and of dataset.json. Errors: BadFormat, naming what was edited. Nothing to say of what is
// not in the decisions.
Result<void> checkSettings(const Decisions& decisions, const settings::TrainConfig& config,
                           const RunPaths& paths);
Result<void> checkClassesAndSplit(const Decisions& decisions, const data::DatasetIndex& dataset,
                                  const RunPaths& paths);

// Errors: Unwritable.
Result<void> writeDecisions(const RunPaths& paths, const Decisions& decisions);

// Empty where there are none: the run is of an older version, or ended before it decided. Errors: BadFormat,
// Unreadable.
Result<std::optional<Decisions>> readDecisions(const RunPaths& paths);

}  // namespace graft::training
