// SPDX-License-Identifier: GPL-3.0-or-later
// The folder of one run, readable without Graft (see docs/architecture.md for its files).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/base/Result.h"
#include "core/data/DatasetIndex.h"
#include "core/evaluation/Evaluation.h"
#include "core/settings/TrainConfig.h"
#include "core/training/TrainEvents.h"

namespace graft::training {

// What every list calls the state of a run.
enum class RunStatus {
    NotBegun,  // it ended before its first checkpoint, by no error
    Running,   // somebody holds its lock
    Stopped,   // by a person, or with its program
    Failed,    // RunSummary::whyFailed says why
    Completed  // also where its checkpoint was removed, and the mark with it
};

struct RunSummary {
    std::string folder;
    std::string name;  // the folder's own name
    settings::TrainConfig config;
    std::vector<EpochDone> epochs;
    bool completed = false;       // its checkpoint is that of its end; more epochs can be asked for
    bool hasModel = false;        // a best model lies there
    bool isBeingTrained = false;  // by whoever holds the lock, in this process or another
    RunStatus status = RunStatus::Stopped;
    // What ended it, where that was an error and it has not gone on since: a sentence. Empty: it is being
    // trained, has come to its end, or was stopped, by a person or with its program. A run that failed may be
    // resumable all the same (a disk was full).
    Message whyFailed;
    double valAccuracy = 0;  // best, 0..1
    int bestEpoch = 0;
    // Whether resumeRun() can go on as it was planned, and otherwise why not, as a sentence. What takes time
    // to see is for checkResumable().
    bool resumable = false;
    Message whyNotResumable;
};

// An epoch has ended, or a model lies there.
inline bool isTrained(const RunSummary& run) {
    return run.hasModel || !run.epochs.empty();
}

// Puts what a killed process left in the middle into its place, if nobody writes there.
// Errors: NotFound (no config.json there), BadFormat.
Result<RunSummary> openRun(const std::string& runFolder);

struct ListedRun {
    std::string folder;
    Result<RunSummary> run;  // as openRun
};

// All folders in a folder that hold a config.json, newest first, then those that cannot be looked into. None
// where there is no such folder yet. Errors: Unreadable.
Result<std::vector<ListedRun>> listRuns(const std::string& folder);

// dataset.json, and evaluation.json with predictions.csv.
Result<data::DatasetIndex> readDataset(const std::string& runFolder);
Result<evaluation::Evaluation> readEvaluation(const std::string& runFolder);

}  // namespace graft::training
