// SPDX-License-Identifier: GPL-3.0-or-later
// A run is a list of phases: what most people run is one; head first and then the rest is two; thawing a
// stage every few epochs is as many as there are stages. The setting phases.kind names the plan that makes
// them; a plan is one file in plans/ and one line in plans/Plans.inc.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "core/backbones/FreezePlan.h"
#include "core/backbones/ModelSummary.h"
#include "core/base/Result.h"
#include "core/settings/Method.h"
#include "core/settings/TrainConfig.h"

namespace graft::settings {

struct Phase {
    std::string name;    // for people: "head", "fine-tune"
    int firstEpoch = 1;  // of the run, from 1
    int epochs = 1;
    backbones::FreezePlan freeze;
    std::map<std::string, Value> settings = {};  // by key: what differs from the run's
};

struct Plan : Method {
    // At least one phase; in order, without a gap, and as many epochs as the run's. units: the backbone's, in
    // the order of the forward pass. Errors: InvalidArgument, with the setting's key.
    Result<std::vector<Phase>> (*phases)(const TrainConfig& config,
                                         const std::vector<backbones::UnitSummary>& units) = nullptr;
    // What the run's freeze plan means, as a sentence for beside its picture; empty: that it is so from the
    // first epoch to the last.
    std::string freezeMeaning = {};
    bool usesFreeze = true;       // false: each phase has one of its own, and the run's changes nothing
    bool beginsWithHead = false;  // in the first phase the whole backbone is frozen
};

const std::vector<Plan>& plans();
const Plan* planOf(const TrainConfig& config);  // null: of a name that is none's

// What the run's plan makes of it. Each phase's settings hold together. Errors: as Plan::phases().
Result<std::vector<Phase>> phasesOf(const TrainConfig& config,
                                    const std::vector<backbones::UnitSummary>& units);

// That what a phase sets changes something in it, and what the run sets of the units, in any: for a run that
// begins. One that has begun goes on as it is. units: as of phasesOf(). Errors: InvalidArgument with the
// setting's key, which says what the setting goes with.
Result<void> checkUsed(const TrainConfig& run, const std::vector<Phase>& phases,
                       const std::vector<backbones::UnitSummary>& units);

// The run's settings as they are in that phase: its epochs, its frozen units, what differs. A warm-up ends
// before its phase does.
TrainConfig configOf(const TrainConfig& run, const Phase& phase);

// Which of them an epoch (from 1) belongs to; the last one goes on for ever.
std::size_t phaseAt(const std::vector<Phase>& phases, int epoch);

// Units that no phase trains.
backbones::FreezePlan frozenThroughout(const std::vector<Phase>& phases);

// Whether a setting may differ between the phases of a run. Others decide about the whole of it: its images,
// its batches, its machine.
bool mayChangeByPhase(const std::string& key);

// "5 all; 5 from layer4 lr=0.001; rest none lr=0.0001 optimizer=adam": epochs, frozen units as --freeze has
// them or what --train-from has, and options of `graft-cli train` with their values. Errors: InvalidArgument.
Result<std::vector<Phase>> parsePhases(const std::string& text, const TrainConfig& config,
                                       const std::vector<backbones::UnitSummary>& units);

}  // namespace graft::settings
