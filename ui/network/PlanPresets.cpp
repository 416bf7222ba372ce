// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/network/PlanPresets.h"

#include <algorithm>
#include <string>

#include "core/backbones/Head.h"
#include "core/settings/Phases.h"

namespace graft::ui {

namespace {

using backbones::FreezePlan;
using backbones::UnitSummary;
using settings::TrainConfig;

constexpr const char* kKind = "phases.kind";
constexpr const char* kGradual = "gradual";

bool isGradual(const TrainConfig& config) {
    const settings::Plan* plan = settings::planOf(config);
    return plan != nullptr && plan->name == kGradual;
}

// All but the last stages.
FreezePlan lastStages(int stages, const TrainConfig& config, const std::vector<UnitSummary>& units) {
    std::size_t end = units.size();
    const auto isShown = [&](std::size_t n) { return backbones::isBelow(config.head, units[n].stage); };
    FreezePlan plan = backbones::freezeAll(units);
    for (int stage = 0; stage < stages && end > 0; ++stage) {
        while (end > 0 && !isShown(end - 1))
            --end;
        if (end == 0) break;
        const std::string name = units[end - 1].stage;
        while (end > 0 && units[end - 1].stage == name)
            plan.frozenUnits.erase(units[--end].name);
    }
    return plan;
}

// As many stages as can be thawed one after another before the run ends.
FreezePlan asFarAsTheEpochsGo(TrainConfig config, const std::vector<UnitSummary>& units) {
    FreezePlan plan = lastStages(1, config, units);
    for (int stages = 1; !plan.frozenUnits.empty(); ++stages) {
        const FreezePlan further = lastStages(stages + 1, config, units);
        if (further == plan) break;
        config.freeze = further;
        if (!settings::phasesOf(config, units)) break;
        plan = further;
    }
    return plan;
}

bool isAllFrozen(const TrainConfig& config, const std::vector<UnitSummary>& units) {
    return std::ranges::all_of(units,
                               [&](const UnitSummary& unit) { return config.freeze.isFrozen(unit.name); });
}

FreezePlan planOf(PlanPreset preset, const TrainConfig& config, const std::vector<UnitSummary>& units) {
    switch (preset) {
        case PlanPreset::HeadOnly:
            return backbones::freezeAll(units);
        case PlanPreset::LastStage:
            return lastStages(1, config, units);
        case PlanPreset::LastTwoStages:
            return lastStages(2, config, units);
        case PlanPreset::Everything:
            return {};
        case PlanPreset::Gradual:
            break;
    }
    return config.freeze;
}

}  // namespace

TrainConfig withPreset(PlanPreset preset, const TrainConfig& config, const std::vector<UnitSummary>& units) {
    TrainConfig result = config;
    if (preset == PlanPreset::Gradual) {
        result.own[kKind] = std::string(kGradual);
        if (isAllFrozen(config, units)) result.freeze = asFarAsTheEpochsGo(result, units);
        return result;
    }
    result.freeze = planOf(preset, config, units);
    if (isGradual(config) || preset == PlanPreset::HeadOnly) result.own.erase(kKind);
    return result;
}

bool isPreset(PlanPreset preset, const TrainConfig& config, const std::vector<UnitSummary>& units) {
    if (preset == PlanPreset::Gradual || isGradual(config))
        return preset == PlanPreset::Gradual && isGradual(config);
    return planOf(preset, config, units) == config.freeze;
}

FreezePlan trainedFrom(std::size_t unit, const FreezePlan& plan, const std::vector<UnitSummary>& shown) {
    FreezePlan result = plan;
    for (std::size_t n = 0; n < shown.size(); ++n) {
        if (n < unit)
            result.frozenUnits.insert(shown[n].name);
        else
            result.frozenUnits.erase(shown[n].name);
    }
    return result;
}

}  // namespace graft::ui
