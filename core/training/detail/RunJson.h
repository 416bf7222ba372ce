// SPDX-License-Identifier: GPL-3.0-or-later
// The JSON of a run's files, both ways: one pair of functions for each. config.json has its pair in
// TrainConfig.h. What is read is checked within itself, so that an index out of it may be used. Errors:
// BadFormat, with the path that is given for them.
#pragma once

#include <string>
#include <vector>

#include "core/base/Result.h"
#include "core/data/DatasetIndex.h"
#include "core/training/TrainEvents.h"
#include "core/training/detail/Decisions.h"
#include "core/training/detail/RunProgress.h"

namespace graft::training {

// dataset.json
std::string toJson(const data::DatasetIndex& dataset);
Result<data::DatasetIndex> datasetFromJson(const std::string& json, const std::string& path);

// metrics.jsonl: a line for each epoch, from the first on: toJson() in TrainEvents.h. Versions before did not
// write val_recall.
std::string toJsonLines(const std::vector<EpochDone>& epochs);
Result<std::vector<EpochDone>> epochsFromJsonLines(const std::string& lines, const std::string& path);

// decisions.json
std::string toJson(const Decisions& decisions);
Result<Decisions> decisionsFromJson(const std::string& json, const std::string& path);

// The progress in checkpoint/state.safetensors
std::string toJson(const RunProgress& progress);
Result<RunProgress> progressFromJson(const std::string& json, const std::string& path);

}  // namespace graft::training
