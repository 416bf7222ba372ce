// SPDX-License-Identifier: GPL-3.0-or-later
// Which units stay as they are. A frozen unit is frozen completely: no gradients, and evaluation
// mode, so that BatchNorm statistics stay as they were and Dropout is off.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "core/backbones/ModelSummary.h"
#include "core/base/Result.h"

namespace graft::backbones {

struct FreezePlan {
    std::set<std::string> frozenUnits;

    bool isFrozen(const std::string& unit) const { return frozenUnits.contains(unit); }
    bool operator==(const FreezePlan&) const = default;
};

// Every one of them is frozen.
FreezePlan freezeAll(const std::vector<UnitSummary>& units);

// spec: "all", "none", or a comma-separated list of units or stages ("conv1,layer1,layer2.0").
// Errors: InvalidArgument naming the unknown unit and the known ones.
Result<FreezePlan> parseFreezePlan(const std::string& spec, const std::vector<UnitSummary>& units);

// Everything before unit (a unit or a stage) is frozen; "head" freezes all units.
Result<FreezePlan> trainFrom(const std::string& unit, const std::vector<UnitSummary>& units);

}  // namespace graft::backbones
