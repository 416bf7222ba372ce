// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/training/Trainer.h"

#include <fstream>

#include "core/base/detail/TorchErrors.h"
#include "core/data/FolderScanner.h"
#include "core/training/RunFolder.h"
#include "core/training/detail/TrainingLoop.h"

namespace graft::training {

namespace {

// Runs work() -> Result<TrainReport>; a failure is told to the observer and the log as well.
template <class Work>
Result<TrainReport> reported(const std::string& runFolder, const TrainObserver& observer, const Work& work) {
    Result<TrainReport> report = base::guardTorch(work);
    if (!report) {
        if (std::ifstream(RunPaths(runFolder).log))
            appendLog(RunPaths(runFolder), "failed: " + report.error().sentence());
        observer(RunEnded{RunEnded::Outcome::Failed, report.error().sentence()});
    }
    return report;
}

Result<TrainReport> trainOn(const TrainConfig& config, const data::DatasetIndex& dataset,
                            const TrainObserver& observer, runtime::RunControl& control) {
    if (const auto valid = validate(config); !valid) return fail(valid.error());
    if (const auto trainable = data::checkTrainable(dataset); !trainable) return fail(trainable.error());
    TrainingLoop loop(config, dataset, observer, control);
    if (const auto ready = loop.prepare(); !ready) return fail(ready.error());
    if (const auto started = loop.startRun(); !started) return fail(started.error());
    return loop.run();
}

}  // namespace

Result<TrainReport> train(const TrainConfig& config, const data::DatasetIndex& dataset,
                          const TrainObserver& observer, runtime::RunControl& control) {
    return reported(config.runFolder, observer, [&] { return trainOn(config, dataset, observer, control); });
}

Result<TrainReport> train(const TrainConfig& config, const TrainObserver& observer,
                          runtime::RunControl& control) {
    return reported(config.runFolder, observer, [&]() -> Result<TrainReport> {
        if (const auto valid = validate(config); !valid) return fail(valid.error());
        const auto dataset =
            data::scanFolder(config.datasetFolder, {config.validationShare, config.seed, 0}, {}, &control);
        if (!dataset) return fail(dataset.error());
        return trainOn(config, *dataset, observer, control);
    });
}

Result<TrainReport> resumeRun(const std::string& runFolder, const TrainObserver& observer,
                              runtime::RunControl& control) {
    return reported(runFolder, observer, [&]() -> Result<TrainReport> {
        const auto run = openRun(runFolder);
        if (!run) return fail(run.error());
        if (run->completed) {
            return fail(ErrorCode::InvalidArgument,
                        "The run has come to its end already; there is nothing to resume.", runFolder);
        }
        const auto dataset = readDataset(runFolder);
        if (!dataset) return fail(dataset.error());
        TrainingLoop loop(run->config, *dataset, observer, control);
        if (const auto ready = loop.prepare(); !ready) return fail(ready.error());
        if (const auto loaded = loop.loadState(); !loaded) return fail(loaded.error());
        return loop.run();
    });
}

}  // namespace graft::training
