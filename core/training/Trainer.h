// SPDX-License-Identifier: GPL-3.0-or-later
// Trains a network. One blocking call that knows nothing of windows; run it on a thread of your own.
//
//     TrainConfig config = defaultConfig("mobilenet_v2", "mobilenet_v2.safetensors").value();
//     config.datasetFolder = "photos";
//     config.runFolder = "runs/first";
//     Result<TrainReport> report = train(config, observer, control);
#pragma once

#include <string>
#include <vector>

#include "core/base/Result.h"
#include "core/runtime/RunControl.h"
#include "core/settings/TrainConfig.h"
#include "core/training/RunFolder.h"
#include "core/training/TrainEvents.h"

namespace graft::training {

struct TrainReport {
    std::string runFolder;
    bool completed = false;              // false: stopped on request; resumeRun() goes on
    double seconds = 0;                  // of this call
    int bestEpoch = 0;                   // from 1; 0 if no epoch ended
    double valAccuracy = 0;              // of the best epoch
    std::vector<EpochDone> epochs;       // all of the run, also those before a resume
    settings::StoppingOptions stopping;  // what the best epoch is the best by
    std::size_t leftOut = 0;             // images that took no part
};

// Scans the folder, builds the network, trains, keeps the best model, evaluates it and writes the run
// folder. A stop through control is an outcome, not an error, and leaves a checkpoint. With the same
// config on a CPU the weights are the same bit for bit.
// Images may disappear while it runs: a few are left out and named, more stop the run (Unreadable) at a
// checkpoint that knew them all.
// Errors: InvalidArgument, NotFound, TooFewClasses, WeightsMismatch, Unwritable (also: another process trains
// in runFolder), Unreadable, Diverged, OutOfMemory, DeviceUnavailable. RunEnded{Failed} is sent before an
// error returns.
Result<TrainReport> train(const settings::TrainConfig& config, const TrainObserver& observer,
                          runtime::RunControl& control);

// The same, for a folder that has been scanned already (the window has its index at hand).
Result<TrainReport> train(const settings::TrainConfig& config, const data::DatasetIndex& dataset,
                          const TrainObserver& observer, runtime::RunControl& control);

// What may be different when a run goes on. Each change is written into the run.
struct ResumeOptions {
    std::string dataFolder;  // where the data set lies now; empty: where it lay
    int epochs = 0;          // of the run in all; more than are done. 0: as planned
    std::string device;      // another one than the run began on, which gives other numbers; empty: the same
    // dataFolder is written into the run and nothing is trained, whether or not it has come to its end.
    bool placeOnly = false;
};

// Goes on from RUN/checkpoint to exactly the weights that an uninterrupted run gives (bit for bit on a CPU),
// with what the run decided at its start (threads, precision, features) whatever the machine is like today.
// A run that ended before its first checkpoint begins again. With more epochs a completed run goes on too;
// a schedule that ends with the run is then that of the new total from there on.
// Errors: NotFound (no run, no such data folder), InvalidArgument (already completed, too few epochs),
// Unreadable (more images are gone than a run may lose), Unwritable (also: another process trains in it),
// and train()'s.
Result<TrainReport> resumeRun(const std::string& runFolder, const TrainObserver& observer,
                              runtime::RunControl& control, const ResumeOptions& options = {});

// Whether resumeRun() would go on with what lies in the run's folder, on this machine; only the images are
// not looked at. More than openRun() sees, which reads no list of files, hashes no model and knows no device.
// Errors: resumeRun()'s.
Result<void> checkResumable(const RunSummary& run);

}  // namespace graft::training
