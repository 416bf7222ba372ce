// SPDX-License-Identifier: GPL-3.0-or-later
// All runs of a folder, with what a person asks of each. No weights are read. Example:
//     auto runs = training::listCatalogue(training::defaultRunsFolder(), backbones::listUnits);
//     if (runs) training::sortRuns(runs->runs, training::RunOrder::Best);
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/backbones/ModelSummary.h"
#include "core/base/Result.h"
#include "core/settings/Stopping.h"
#include "core/training/RunFolder.h"
#include "core/training/RunNote.h"

namespace graft::training {

RunStatus statusOf(const RunSummary& run);      // by the rest of it and by its folder: what openRun() says
std::string_view statusName(RunStatus status);  // in JSON: "not_begun", "running", ..
Message statusText(RunStatus status);           // "completed"

// Of the epoch whose model the run keeps.
struct BestFigure {
    settings::Figure figure = settings::Figure::Accuracy;  // that it is the best by
    double value = 0;                                      // of that figure
    double accuracy = 0;
    int epoch = 1;
    bool isLast = false;  // kept because it is the last one (StoppingOptions::keep)
};
std::optional<BestFigure> bestFigureOf(const RunSummary& run);
std::string figureName(settings::Figure figure);  // in JSON: "accuracy", "loss", ..
Message figureLabel(settings::Figure figure);     // in words: "macro F1"
// "93.5 %", "0.2103": as a person reads a value of that figure.
std::string figureText(settings::Figure figure, double value);

// A backbone's units, in the order of the forward pass: backbones::listUnits, which loads LibTorch.
using UnitsOf = std::function<Result<std::vector<backbones::UnitSummary>>(const std::string& backbone)>;

// "the head", "from layer4 on", "everything", "3 of 19 blocks", "head first". units: of the config's
// backbone; without them a run with frozen units says how many these are.
Message trainedText(const settings::TrainConfig& config,
                    const std::vector<backbones::UnitSummary>& units = {});

// A run and what is said of it in a list.
struct RunCard {
    RunSummary run;
    Message trained;          // see trainedText()
    bool hasDataset = false;  // the data set's folder is there now
    std::optional<BestFigure> best;
    double seconds = 0;                 // of all its epochs
    std::optional<std::int64_t> began;  // seconds since 1970, by log.txt, else by config.json's time
    RunNote note;
    std::optional<Error> noteProblem;  // the note is there and cannot be read
};

// Errors: openRun()'s.
Result<RunCard> readCard(const std::string& runFolder, const UnitsOf& unitsOf = {});

struct CataloguedRun {
    std::string folder;
    std::string name;    // of the folder; of a run within a folder of several, "many/seed-1"
    std::string linkTo;  // where a link leads, as it stands in it; empty: the folder is no link
    Result<RunCard> card;
};

struct Catalogue {
    std::vector<CataloguedRun> runs;  // newest first, then those that cannot be read
    // What lies in the folder besides, each with the reason why it is no run, by name.
    std::vector<Error> others;
};

// The runs in a folder, and those in its folders that are none themselves (of `train --seeds`). What cannot
// be looked into and links that lead nowhere stand among the runs with the reason: who looks for a run must
// not find it gone. An empty list where there is no such folder yet. Errors: Unreadable.
Result<Catalogue> listCatalogue(const std::string& root, const UnitsOf& unitsOf = {});

// Where the window keeps its runs: $XDG_DATA_HOME/graft/runs.
std::string defaultRunsFolder();

enum class RunOrder {
    Time,  // newest first
    Best,  // highest validation accuracy of the epoch that is kept first, whatever it is the best by
    Name   // numbers in it by their value, and in upper or lower case alike
};
// What cannot be read comes last; of equal ones the newer first.
void sortRuns(std::vector<CataloguedRun>& runs, RunOrder order);

// Whether every word of the text is in the run's name, backbone, trained part, data set, note or status (in
// words or as JSON has it), in upper or lower case. Without a word: always.
bool matches(const CataloguedRun& run, const std::string& text);

}  // namespace graft::training
