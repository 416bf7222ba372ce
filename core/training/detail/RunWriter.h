// SPDX-License-Identifier: GPL-3.0-or-later
// Writes the files of a run folder; RunFolder.h reads them. docs/architecture.md lists them.
#pragma once

#include <string>
#include <vector>

#include "core/base/Result.h"
#include "core/data/DatasetIndex.h"
#include "core/evaluation/Evaluation.h"
#include "core/settings/TrainConfig.h"
#include "core/training/TrainEvents.h"

namespace graft::training {

struct RunPaths {
    explicit RunPaths(const std::string& run)
        : folder(run),
          config(run + "/config.json"),
          dataset(run + "/dataset.json"),
          metrics(run + "/metrics.jsonl"),
          model(run + "/model.safetensors"),
          modelSidecar(run + "/model.safetensors.json"),
          evaluation(run + "/evaluation.json"),
          predictions(run + "/predictions.csv"),
          log(run + "/log.txt"),
          decisions(run + "/decisions.json"),
          checkpoint(run + "/checkpoint"),
          state(checkpoint + "/state.safetensors"),
          frozen(checkpoint + "/frozen.safetensors"),
          completed(checkpoint + "/completed"),
          failure(run + "/failure.json"),
          note(run + "/note.json"),
          lock(run + "/.lock") {}

    std::string folder, config, dataset, metrics, model, modelSidecar, evaluation, predictions, log,
        decisions, checkpoint, state, frozen, completed, failure, note, lock;
};

// Why a run without its checkpoint does not go on: from its beginning it would write over what it has.
inline constexpr const char* kNoCheckpoint = GRAFT_TEXT(
    "The run's checkpoint is missing, so it cannot go on; its model stays as it is. Start another run, with "
    "this run's folder as its weights.");

// state.safetensors without frozen.safetensors.
inline constexpr const char* kHalfCheckpoint = GRAFT_TEXT(
    "Half of the run's checkpoint is missing; put checkpoint/frozen.safetensors back, or start another run.");

// The best model, or the .json beside it.
inline constexpr const char* kNoModel = GRAFT_TEXT(
    "The run's model is missing; put model.safetensors and model.safetensors.json back, or start another "
    "run.");

// Errors: InvalidArgument (no folder; a run, or a file that a run would write over, is there already).
Result<void> checkIsNoRun(const std::string& runFolder);

// dataset.json and then config.json, with which a run begins to be one. run: its id, see RunList.h.
// Errors: Unwritable.
Result<void> writePlan(const RunPaths& paths, const settings::TrainConfig& config,
                       const data::DatasetIndex& dataset, const std::string& run);

// The whole history, so that a resumed run never repeats an epoch's line.
Result<void> writeMetrics(const RunPaths& paths, const std::vector<EpochDone>& epochs);
Result<void> writeEvaluation(const RunPaths& paths, const evaluation::Evaluation& evaluation);
// Nothing to resume, until more epochs are asked for.
Result<void> markCompleted(const RunPaths& paths);
Result<void> unmarkCompleted(const RunPaths& paths);

// One line with the time to log.txt; failures are not worth stopping a training for.
void appendLog(const RunPaths& paths, const std::string& line);

}  // namespace graft::training
