// SPDX-License-Identifier: GPL-3.0-or-later
// Runs beside each other, line by line: what they were given, and what came of it. As data, for a table.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/base/Result.h"
#include "core/training/RunCatalogue.h"

namespace graft::training {

// Of one run in one row.
struct ComparedValue {
    // As JSON and the command line have it, whole: "0.01", "adamw", the names of all classes. None: the
    // setting changes nothing in this run (its default would say something untrue), or nothing tells it.
    std::optional<std::string> value;
    Message text;  // for people, shortened where it is long; without a value the reason why: "does not apply"
    std::optional<double> number = {};  // of a figure that `value` rounds: exactly
};

struct ComparedRow {
    std::string key;                    // in JSON: "optimizer.learning_rate", "classes"
    Message label;                      // "Learning rate"
    std::vector<ComparedValue> values;  // in the order of the runs
    bool differs = false;               // by their `value`
};

struct Comparison {
    std::vector<RunCard> runs;
    // What they were given: data set, classes, images, backbone, weights, trained part, where one of them was
    // resumed with other epochs what was planned at first, and every setting of the table that applies to one
    // of them. First the rows that differ, then the same ones, each in that order.
    std::vector<ComparedRow> given;
    std::size_t differing = 0;  // rows of `given` that differ
    std::size_t idle = 0;       // settings that apply to none of them, and have no row
    // Status, figures and times.
    std::vector<ComparedRow> outcome;
};

// folders: two or more runs; one is a table of its own settings. unitsOf: see trainedText(). Reads each run's
// list of files, which for a hundred thousand images takes a second: not for a GUI thread.
// Errors: openRun()'s, of the first that cannot be read.
Result<Comparison> compareRuns(const std::vector<std::string>& folders, const UnitsOf& unitsOf = {});

// The rows of a comparison's outcome that the card alone tells: all but what the run was trained on.
std::vector<ComparedRow> outcomeOf(const RunCard& card);

// Seconds, 0 or more, as a person reads them: "8.3 s", "45 s", "12 min 3 s", "1 h 20 min".
Message durationText(double seconds);

// The settings that apply to the run, in the order of the table.
std::vector<ComparedRow> settingsOf(const settings::TrainConfig& config);

// Of the settings that apply to the run those that are not as in `usual`, by key, and what they are there:
// also where they would change nothing there, which is a setting's own default. knowsWeights: usual's come
// with the weights that the run began from; otherwise what comes with weights is not looked at.
std::map<std::string, Message> unusualSettings(const settings::TrainConfig& config,
                                               const settings::TrainConfig& usual, bool knowsWeights);

}  // namespace graft::training
