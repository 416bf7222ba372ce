// SPDX-License-Identifier: GPL-3.0-or-later
// Runs as tables for a terminal, and as JSON.
#pragma once

#include <string>
#include <vector>

#include "app/graft-cli/Output.h"
#include "core/training/RunCatalogue.h"
#include "core/training/RunComparison.h"
#include "core/training/RunNeeds.h"

namespace graft::cli {

// One entry of `runs list`; of a run that cannot be read its name and the error.
Json asJson(const training::CataloguedRun& run);
Json asJson(const training::RunCard& card);
Json asJson(const training::Comparison& comparison);

// others: what lies there and is no run, on standard error.
void printRuns(const std::vector<training::CataloguedRun>& runs);
void sayOthers(const std::vector<Error>& others);

// With all of its settings, and what it needs.
struct ShownRun {
    training::Comparison table;  // of the one run
    training::RunNeeds needs;
};
Json asJson(const ShownRun& shown);
void print(const ShownRun& shown);

void print(const training::Comparison& comparison);

}  // namespace graft::cli
