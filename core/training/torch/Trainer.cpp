// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/training/Trainer.h"

#include <filesystem>

#include "core/base/torch/TorchErrors.h"
#include "core/data/FolderScanner.h"
#include "core/inference/detail/Sidecar.h"
#include "core/settings/HeadSolving.h"
#include "core/settings/Settings.h"
#include "core/training/detail/CheckpointSeal.h"
#include "core/training/detail/DataPlace.h"
#include "core/training/detail/Decisions.h"
#include "core/training/detail/RunList.h"
#include "core/training/torch/Checkpoint.h"
#include "core/training/torch/RunDevice.h"
#include "core/training/torch/StartingWeights.h"
#include "core/training/torch/TrainingLoop.h"

namespace graft::training {

namespace {

namespace fs = std::filesystem;

// Runs work() -> Result<TrainReport>; a failure is told to the observer too.
template <class Work>
Result<TrainReport> reported(const TrainObserver& observer, const Work& work) {
    Result<TrainReport> report = base::guardTorch(work);
    if (!report) observer(RunEnded{RunEnded::Outcome::Failed, report.error().text()});
    return report;
}

// What ends a run that has begun is written into it while its lock is held: whoever lists it then knows.
template <class Work>
Result<TrainReport> noted(TrainingLoop& loop, const Work& work) {
    Result<TrainReport> report = base::guardTorch(work);
    if (!report) loop.noteFailure(report.error());
    return report;
}

// The run did not go on: it is as it was. Somebody else's is not written into.
void logRefusal(const std::string& runFolder, const Error& error) {
    const RunPaths paths(runFolder);
    std::error_code ignored;
    const bool isRun = fs::exists(paths.config, ignored) && fs::exists(paths.log, ignored);
    if (!isRun || error.message == kFolderIsAway) return;
    const auto lock = RunLock::takeIfFree(runFolder);  // a training may have begun meanwhile
    if (!lock) return;
    appendLog(paths, "not resumed: " + error.sentence());
}

Result<TrainReport> trainOn(settings::TrainConfig config, const data::DatasetIndex& dataset,
                            const TrainObserver& observer, runtime::RunControl& control) {
    settings::settleEpochs(config);
    if (const auto valid = validate(config); !valid) return fail(valid.error());
    if (const auto free = checkIsNoRun(config.runFolder); !free) return fail(free.error());
    if (const auto trainable = data::checkTrainable(dataset); !trainable) return fail(trainable.error());
    // A run that is gone on with in another folder finds the file too, and its images.
    if (!config.weightsFile.empty()) config.weightsFile = fs::absolute(config.weightsFile).string();
    if (!config.datasetFolder.empty()) config.datasetFolder = fs::absolute(config.datasetFolder).string();
    TrainingLoop loop(config, dataset, observer, control);
    if (const auto ready = loop.prepare(); !ready) return fail(ready.error());
    return noted(loop, [&]() -> Result<TrainReport> {
        if (const auto started = loop.startRun(); !started) return fail(started.error());
        return loop.run();
    });
}

// What lies in the run's folder is of one moment: with half of it put back, or cut, other numbers would come
// of it.
Result<void> checkCheckpoint(const RunSummary& run, const RunPaths& paths,
                             const std::optional<Decisions>& decided) {
    const auto progress = readProgress(paths);
    if (!progress) return fail(progress.error());
    if (!progress->decided) return {};  // of a version that wrote its files one by one
    if (progress->history.size() != run.epochs.size()) {
        return fail(
            ErrorCode::BadFormat,
            {GRAFT_TEXT(
                 "The run's figures hold {1} epochs and its checkpoint {2}: one of them was changed or "
                 "is another's. Put it back, or start another run."),
             run.epochs.size(), progress->history.size()},
            paths.metrics);
    }
    if (decided) return {};
    return fail(ErrorCode::NotFound,
                GRAFT_TEXT("What the run decided at its start is missing, and without it other numbers would "
                           "come; put the file back, or start another run."),
                paths.decisions);
}

// Changes the plan of a run, where other epochs are asked for.
Result<bool> planEpochs(const RunSummary& run, int epochs, settings::TrainConfig& config) {
    const int done = static_cast<int>(run.epochs.size());
    if (epochs == 0 && run.completed) {
        const char* ended = done == 1 ? GRAFT_TEXT(
                                            "The run has come to its end already, after {1} epoch; "
                                            "train it on with --epochs and a larger number.")
                                      : GRAFT_TEXT(
                                            "The run has come to its end already, after {1} epochs; "
                                            "train it on with --epochs and a larger number.");
        return fail(ErrorCode::InvalidArgument, {ended, done}, run.folder);
    }
    if (epochs == 0) return false;
    if (config.epochs == 1 && settings::solvesHead(config)) {
        return fail(ErrorCode::InvalidArgument,
                    GRAFT_TEXT("The run's head was solved to its optimum; more epochs would change nothing."),
                    run.folder);
    }
    if (epochs <= done) {
        const char* tooFew = done == 1 ? GRAFT_TEXT(
                                             "The run has {1} epoch behind it; it goes on with --epochs "
                                             "and a larger number than that.")
                                       : GRAFT_TEXT(
                                             "The run has {1} epochs behind it; it goes on with "
                                             "--epochs and a larger number than that.");
        return fail(ErrorCode::InvalidArgument, {tooFew, done}, run.folder);
    }
    if (epochs == config.epochs && !run.completed) return false;
    config.planChanges.push_back({done, config.epochs, epochs});
    config.epochs = epochs;
    if (const auto valid = validate(config); !valid) return fail(valid.error());
    return true;
}

// What the run's list of files and its model say of each other; going on would otherwise end with neither.
Result<void> checkModel(const RunPaths& paths, const data::DatasetIndex& dataset) {
    std::error_code error;
    if (!fs::is_regular_file(paths.model, error) || !fs::is_regular_file(paths.modelSidecar, error))
        return fail(ErrorCode::NotFound, kNoModel, paths.model);
    const auto sidecar = inference::sidecarThatFits(paths.model);
    if (!sidecar) return fail(sidecar.error());
    if (sidecar->classes == dataset.classes) return {};
    return fail(
        ErrorCode::BadFormat,
        GRAFT_TEXT(
            "The classes here are not those of the run's model; put the list back as the run wrote it, "
            "or start another run."),
        paths.dataset);
}

// What a run has to go on with, in so far as it belongs together.
struct Resumable {
    std::optional<Decisions> decided;
    RunList list;
    bool hasState = false;  // else it begins again
};

// All that resume() asks of a run before it looks at the images.
Result<Resumable> lookAt(const RunSummary& run) {
    const RunPaths paths(run.folder);
    auto decided = readDecisions(paths);
    if (!decided) return fail(decided.error());
    std::error_code error;
    const bool hasState = fs::is_regular_file(paths.state, error);
    if (hasState) {
        const auto whole = checkCheckpoint(run, paths, *decided).and_then([&] {
            return checkSeal(paths, *decided ? (*decided)->run : std::string());
        });
        if (!whole) return fail(whole.error());
    }
    // Begun again it would write over the model that it has.
    if (!hasState && isTrained(run)) return fail(ErrorCode::NotFound, kNoCheckpoint, paths.state);
    auto list = readRunList(paths, *decided);
    if (!list) return fail(list.error());
    if (isTrained(run)) {
        if (const auto whole = checkModel(paths, list->dataset); !whole) return fail(whole.error());
    }
    if (*decided) {
        if (const auto same = checkSettings(**decided, run.config, paths); !same) return fail(same.error());
    }
    return Resumable{std::move(*decided), std::move(*list), hasState};
}

// A completed run has nothing to go on with; where its images lie now is of use to its export. One that has
// not come to its end can be told it too, and goes on another time.
Result<TrainReport> recordPlace(RunRecorder& recorder, const RunSummary& run, const std::string& dataFolder,
                                const TrainObserver& observer, runtime::RunControl& control) {
    const auto decided = readDecisions(recorder.paths());
    if (!decided) return fail(decided.error());
    auto list = readRunList(recorder.paths(), *decided);
    if (!list) return fail(list.error());
    data::DatasetIndex& dataset = list->dataset;
    const auto moved = moveDataset(dataset, dataFolder, control);
    if (!moved) return fail(moved.error());
    settings::TrainConfig config = run.config;
    config.datasetFolder = dataset.root;
    const auto written = recorder.checkPlace().and_then(
        [&] { return writePlan(recorder.paths(), config, dataset, list->run); });
    if (!written) return fail(written.error());
    const Message place = placeNotice(dataset.root);
    recorder.log(place.english());
    for (const Message& notice : noticesOf(*moved))
        observer(Notice{notice});
    observer(RunEnded{run.completed ? RunEnded::Outcome::Completed : RunEnded::Outcome::Stopped, place});
    TrainReport report;
    report.runFolder = run.folder;
    report.completed = run.completed;
    report.bestEpoch = run.bestEpoch;
    report.valAccuracy = run.valAccuracy;
    report.epochs = run.epochs;
    report.stopping = run.config.stopping;
    report.leftOut = dataset.leftOutCount();
    return report;
}

// goesOn: set once nothing more is refused.
Result<TrainReport> resume(const std::string& runFolder, const ResumeOptions& options,
                           const TrainObserver& observer, runtime::RunControl& control, bool& goesOn) {
    auto recorder = RunRecorder::reopen(runFolder);
    if (!recorder) return fail(recorder.error());
    const RunPaths paths = recorder->paths();
    const auto run = openRun(runFolder);
    if (!run) return fail(run.error());
    settings::TrainConfig config = run->config;
    std::error_code error;
    const bool isOver = run->completed || (isTrained(*run) && !fs::exists(paths.state, error));
    const bool isAtItsEnd = isOver && options.epochs == 0 && options.device.empty();
    if (options.placeOnly || (isAtItsEnd && !options.dataFolder.empty()))
        return recordPlace(*recorder, *run, options.dataFolder, observer, control);
    const auto otherEpochs = planEpochs(*run, options.epochs, config);
    if (!otherEpochs) return fail(otherEpochs.error());
    auto there = lookAt(*run);
    if (!there) return fail(there.error());
    data::DatasetIndex& dataset = there->list.dataset;

    TrainingLoop::Past past;
    if (!options.dataFolder.empty()) {
        const std::string before = dataset.root;
        auto moved = moveDataset(dataset, options.dataFolder, control);
        if (!moved) return fail(moved.error());
        past.images = std::move(*moved);
        past.isMoved = dataset.root != before;
        config.datasetFolder = dataset.root;
    }
    past.decided = std::move(there->decided);
    if (!options.device.empty()) config.device = options.device;
    TrainingLoop loop(config, dataset, observer, control);
    if (const auto ready = loop.prepare(&past); !ready) return fail(ready.error());

    // A kill in between leaves a run that goes on as it was planned before.
    if (run->completed) {
        if (const auto open = unmarkCompleted(paths); !open) return fail(open.error());
    }
    if (*otherEpochs || !options.dataFolder.empty() || !options.device.empty()) {
        const auto written = recorder->checkPlace().and_then(
            [&] { return writePlan(paths, config, dataset, there->list.run); });
        if (!written) {
            if (run->completed)
                static_cast<void>(markCompleted(paths));  // the old plan holds, which it had met
            return fail(written.error());
        }
    }
    const auto begun =
        there->hasState ? loop.goOn(std::move(*recorder)) : loop.beginAgain(std::move(*recorder));
    if (!begun) return fail(begun.error());
    goesOn = true;
    return noted(loop, [&] { return loop.run(); });
}

}  // namespace

Result<TrainReport> train(const settings::TrainConfig& config, const data::DatasetIndex& dataset,
                          const TrainObserver& observer, runtime::RunControl& control) {
    return reported(observer, [&] { return trainOn(config, dataset, observer, control); });
}

Result<TrainReport> train(const settings::TrainConfig& config, const TrainObserver& observer,
                          runtime::RunControl& control) {
    return reported(observer, [&]() -> Result<TrainReport> {
        if (const auto valid = validate(config); !valid) return fail(valid.error());
        if (const auto free = checkIsNoRun(config.runFolder); !free) return fail(free.error());
        const auto dataset =
            data::scanFolder(config.datasetFolder, {config.validationShare, config.seed, 0}, {}, &control);
        if (!dataset) return fail(dataset.error());
        return trainOn(config, *dataset, observer, control);
    });
}

Result<TrainReport> resumeRun(const std::string& runFolder, const TrainObserver& observer,
                              runtime::RunControl& control, const ResumeOptions& options) {
    return reported(observer, [&] {
        bool goesOn = false;
        const auto report =
            base::guardTorch([&] { return resume(runFolder, options, observer, control, goesOn); });
        if (!report && !goesOn && !options.placeOnly) logRefusal(runFolder, report.error());
        return report;
    });
}

Result<void> checkResumable(const RunSummary& run) {
    const auto there = lookAt(run);
    if (!there) return fail(there.error());
    if (const auto device = runDevice(run.config, there->decided); !device) return fail(device.error());
    if (there->hasState || run.config.weightsFile.empty()) return {};
    if (const auto hash = startingHash(run.config, there->decided); !hash) return fail(hash.error());
    return {};
}

}  // namespace graft::training
