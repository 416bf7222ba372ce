// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/graft-cli/SeedRuns.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <filesystem>
#include <limits>
#include <numeric>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "app/graft-cli/Output.h"
#include "app/graft-cli/Places.h"
#include "core/base/WriteFile.h"
#include "core/settings/HeadSolving.h"
#include "core/settings/Settings.h"
#include "core/training/RunFolder.h"

namespace graft::cli {

namespace {

using settings::TrainConfig;
using training::RunSummary;

// Of the finished runs.
struct Spread {
    double mean = 0;
    double lowest = 0;
    double highest = 0;
    std::optional<double> deviation;  // of the sample, with n - 1; of one run there is none
};

std::optional<Spread> spreadOf(const std::vector<double>& values) {
    if (values.empty()) return std::nullopt;
    const auto count = static_cast<double>(values.size());
    Spread spread;
    spread.mean = std::accumulate(values.begin(), values.end(), 0.0) / count;
    spread.lowest = std::ranges::min(values);
    spread.highest = std::ranges::max(values);
    if (values.size() > 1) {
        const double squares = std::accumulate(
            values.begin(), values.end(), 0.0,
            [&](double sum, double value) { return sum + (value - spread.mean) * (value - spread.mean); });
        spread.deviation = std::sqrt(squares / (count - 1));
    }
    return spread;
}

tl::unexpected<Error> differs(const std::string& what, const std::string& there, const std::string& asked,
                              const std::string& folder) {
    return fail(
        ErrorCode::InvalidArgument,
        {GRAFT_TEXT("The run here was begun with another {1} (\"{2}\", and now \"{3}\"); give the same "
                    "options as then, or another folder with --run."),
         what, there, asked},
        folder);
}

// Runs that are averaged are of one kind: one that is there already must be what would be begun here.
Result<void> checkSame(const RunSummary& run, TrainConfig asked) {
    settings::settleEpochs(asked);
    const TrainConfig& there = run.config;
    for (const settings::Setting& setting : settings::all()) {
        const settings::Value was = setting.field.get(there);
        const settings::Value is = setting.field.get(asked);
        if (was != is) return differs(setting.key, settings::text(was), settings::text(is), run.folder);
    }
    if (there.backbone != asked.backbone)
        return differs("backbone", there.backbone, asked.backbone, run.folder);
    const bool hasWeights = !there.weightsFile.empty() && !asked.weightsFile.empty();
    const bool sameWeights = hasWeights ? placeOf(there.weightsFile) == placeOf(asked.weightsFile)
                                        : there.weightsFile == asked.weightsFile;
    if (!sameWeights) return differs("weights_file", there.weightsFile, asked.weightsFile, run.folder);
    if (placeOf(there.datasetFolder) != placeOf(asked.datasetFolder))
        return differs("dataset_folder", there.datasetFolder, asked.datasetFolder, run.folder);
    if (there.freeze == asked.freeze) return {};
    return fail(
        ErrorCode::InvalidArgument,
        GRAFT_TEXT("The run here was begun with other frozen blocks; give the same options as then, or "
                   "another folder with --run."),
        run.folder);
}

// The run of that number, from 1.
TrainConfig configOf(const TrainConfig& first, int number) {
    TrainConfig config = first;
    config.seed = first.seed + static_cast<std::uint64_t>(number - 1);
    config.runFolder = (std::filesystem::path(first.runFolder) / fmt::format("seed-{}", number)).string();
    return config;
}

// To its end, from wherever it is, and what came of it. Errors: Cancelled (before there is anything to keep).
Result<RunSummary> finish(const TrainConfig& config, const TrainRun& train, runtime::RunControl& control) {
    const auto before = training::openRun(config.runFolder);
    if (!before && before.error().code != ErrorCode::NotFound) return before;
    if (before && before->completed) return before;
    const auto report =
        before ? training::resumeRun(config.runFolder, epochPrinter(), control) : train(config);
    if (!report) return fail(report.error());
    return training::openRun(config.runFolder);
}

Json asJson(const std::optional<Spread>& spread) {
    if (!spread) return {};
    return {{"mean", spread->mean},
            {"min", spread->lowest},
            {"max", spread->highest},
            {"std", spread->deviation ? Json(*spread->deviation) : Json()}};
}

struct Outcome {
    std::vector<RunSummary> runs;  // the last one may be unfinished
    std::optional<Spread> best;    // validation accuracy of each run's best epoch
    std::optional<Spread> last;    // and of its last one
    bool completed = false;        // all of them
};

Outcome outcomeOf(std::vector<RunSummary> runs, int count) {
    std::vector<double> best;
    std::vector<double> last;
    for (const RunSummary& run : runs) {
        if (!run.completed || run.epochs.empty()) continue;
        best.push_back(run.valAccuracy);
        last.push_back(run.epochs.back().valAccuracy);
    }
    const bool completed = static_cast<int>(best.size()) == count;
    return {std::move(runs), spreadOf(best), spreadOf(last), completed};
}

Json asJson(const Outcome& outcome, const std::string& folder) {
    Json runs = Json::array();
    for (const RunSummary& run : outcome.runs) {
        runs.push_back(
            {{"run", run.folder},
             {"seed", run.config.seed},
             {"status", run.completed ? "completed" : "stopped"},
             {"epochs", run.epochs.size()},
             {"best_epoch", run.bestEpoch},
             {"val_accuracy", run.valAccuracy},
             {"last_val_accuracy", run.epochs.empty() ? Json() : Json(run.epochs.back().valAccuracy)}});
    }
    return {{"run", folder},
            {"status", outcome.completed ? "completed" : "stopped"},
            {"runs", runs},
            {"val_accuracy", asJson(outcome.best)},
            {"last_val_accuracy", asJson(outcome.last)}};
}

// Two digits: what the runs differ by may be little.
std::string finePercent(double fraction) {
    return fmt::format("{:.2f} %", fraction * 100);
}

void print(const Outcome& outcome, const std::string& folder) {
    printText("{:<20}{:>20}{:>8}{:>12}{:>12}{:>12}\n", "run", "seed", "epochs", "best epoch", "best", "last");
    for (const RunSummary& run : outcome.runs) {
        printText("{:<20}{:>20}{:>8}{:>12}{:>12}{:>12}{}\n", oneLine(run.name), run.config.seed,
                  run.epochs.size(), run.bestEpoch, run.epochs.empty() ? "" : finePercent(run.valAccuracy),
                  run.epochs.empty() ? "" : finePercent(run.epochs.back().valAccuracy),
                  run.completed ? "" : "  stopped");
    }
    if (outcome.best && outcome.last) {
        const auto row = [&](const char* name, double best, double last) {
            printText("{:<60}{:>12}{:>12}\n", name, finePercent(best), finePercent(last));
        };
        row("mean", outcome.best->mean, outcome.last->mean);
        row("lowest", outcome.best->lowest, outcome.last->lowest);
        row("highest", outcome.best->highest, outcome.last->highest);
        if (outcome.best->deviation && outcome.last->deviation)
            row("standard deviation", *outcome.best->deviation, *outcome.last->deviation);
        printText("(validation accuracy: of each run's best epoch, and of its last one)\n");
    }
    if (!outcome.completed) {
        printText("Stopped. The same command goes on.\n");
    } else {
        printText("The runs are in {}.\n", folder);
    }
}

Result<void> checkFolder(const TrainConfig& first, int count) {
    const auto run = training::openRun(first.runFolder);
    if (run || run.error().code != ErrorCode::NotFound) {
        return fail(ErrorCode::InvalidArgument,
                    GRAFT_TEXT("This is the folder of one run; give --seeds a folder of its own with --run."),
                    first.runFolder);
    }
    if (first.seed > std::numeric_limits<std::uint64_t>::max() - static_cast<std::uint64_t>(count)) {
        return fail(
            ErrorCode::InvalidArgument,
            GRAFT_TEXT("The seeds after this one are larger than a seed can be; give a smaller --seed."));
    }
    // Of all of them, before hours go into the first.
    for (int number = 1; number <= count; ++number) {
        const TrainConfig config = configOf(first, number);
        const auto there = training::openRun(config.runFolder);
        if (!there && there.error().code == ErrorCode::NotFound) continue;
        const auto same =
            there.and_then([&](const RunSummary& summary) { return checkSame(summary, config); });
        if (!same) return same;
    }
    return {};
}

Result<void> write(const Json& document, const std::string& folder) {
    return base::writeFile((std::filesystem::path(folder) / "seeds.json").string(),
                           document.dump(2, ' ', false, Json::error_handler_t::replace) + "\n");
}

// One has failed: what the others have come to is kept, and named.
int reportFailure(const TrainConfig& failed, const Error& error, const Outcome& before,
                  const std::string& folder, bool json) {
    if (before.runs.empty()) return reportError(error, json);
    if (const auto written = write(asJson(before, folder), folder); !written)
        say("graft-cli: {}\n", written.error().sentence());
    Error named = error;
    named.message =
        Message(GRAFT_TEXT("The run with the seed {1} failed; those before it are finished, up to {2}. {3}"),
                failed.seed, oneLine(before.runs.back().folder), error.message);
    return reportError(named, json);
}

}  // namespace

int trainSeeds(const TrainConfig& first, int count, const TrainRun& train, runtime::RunControl& control,
               bool json) {
    if (const auto good = checkFolder(first, count); !good) return reportError(good.error(), json);
    std::vector<RunSummary> runs;
    for (int number = 1; number <= count; ++number) {
        const TrainConfig config = configOf(first, number);
        say("Run {} of {}, seed {}: {}\n", number, count, config.seed, config.runFolder);
        auto run = finish(config, train, control);
        const bool isStopped = !run && run.error().code == ErrorCode::Cancelled && !runs.empty();
        if (!run && !isStopped) {
            return reportFailure(config, run.error(), outcomeOf(std::move(runs), count), first.runFolder,
                                 json);
        }
        if (run) runs.push_back(std::move(*run));
        if (isStopped || !runs.back().completed) break;
    }
    const Outcome outcome = outcomeOf(std::move(runs), count);
    const Json document = asJson(outcome, first.runFolder);
    const auto written = write(document, first.runFolder);
    if (json) {
        printJson(document);
    } else {
        print(outcome, first.runFolder);
    }
    return written ? kSuccess : reportError(written.error(), false);
}

}  // namespace graft::cli
