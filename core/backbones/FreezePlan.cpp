// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/backbones/FreezePlan.h"

#include <algorithm>
#include <sstream>

namespace graft::backbones {

namespace {

std::string knownStages(const std::vector<UnitSummary>& units) {
    std::string names;
    std::string lastStage;
    for (const UnitSummary& unit : units) {
        if (unit.stage == lastStage) continue;
        names += (names.empty() ? "" : ", ") + unit.stage;
        lastStage = unit.stage;
    }
    return names;
}

tl::unexpected<Error> unknown(const std::string& name, const std::vector<UnitSummary>& units) {
    return fail(
        ErrorCode::InvalidArgument,
        {GRAFT_TEXT("There is no unit or stage \"{1}\"; this backbone has the stages {2}, or units from {3} "
                    "to {4}."),
         name, knownStages(units), units.front().name, units.back().name});
}

}  // namespace

FreezePlan freezeAll(const std::vector<UnitSummary>& units) {
    FreezePlan plan;
    for (const UnitSummary& unit : units)
        plan.frozenUnits.insert(unit.name);
    return plan;
}

Result<FreezePlan> parseFreezePlan(const std::string& spec, const std::vector<UnitSummary>& units) {
    FreezePlan plan;
    if (spec == "none") return plan;
    std::istringstream list(spec);
    std::string name;
    if (spec.empty()) return unknown(spec, units);
    while (std::getline(list, name, ',')) {
        bool found = false;
        for (const UnitSummary& unit : units) {
            if (spec == "all" || unit.name == name || unit.stage == name) {
                plan.frozenUnits.insert(unit.name);
                found = true;
            }
        }
        if (!found) return unknown(name, units);
    }
    return plan;
}

Result<FreezePlan> trainFrom(const std::string& unit, const std::vector<UnitSummary>& units) {
    FreezePlan plan;
    for (const UnitSummary& candidate : units) {
        if (candidate.name == unit || candidate.stage == unit) return plan;
        plan.frozenUnits.insert(candidate.name);
    }
    if (unit == "head") return plan;
    return unknown(unit, units);
}

}  // namespace graft::backbones
