// SPDX-License-Identifier: GPL-3.0-or-later
// The usual ways to choose what is trained, as a button each.
#pragma once

#include <array>
#include <cstddef>
#include <vector>

#include "core/backbones/FreezePlan.h"
#include "core/settings/TrainConfig.h"

namespace graft::ui {

enum class PlanPreset {
    HeadOnly,
    LastStage,
    LastTwoStages,
    Everything,
    Gradual,  // the plan of phases that thaws one stage after another
};
inline constexpr std::array kPlanPresets{PlanPreset::HeadOnly, PlanPreset::LastStage,
                                         PlanPreset::LastTwoStages, PlanPreset::Everything,
                                         PlanPreset::Gradual};

// The settings with that preset. units: all of the backbone's; what the head leaves out stays frozen, but
// with Everything. Gradual keeps what is thawed; where that is nothing, it thaws as many stages from the last
// one on as there are epochs for. The others are for one phase, but for a head that is trained first, which
// needs something to train after it.
settings::TrainConfig withPreset(PlanPreset preset, const settings::TrainConfig& config,
                                 const std::vector<backbones::UnitSummary>& units);

// Whether the settings are what it gives.
bool isPreset(PlanPreset preset, const settings::TrainConfig& config,
              const std::vector<backbones::UnitSummary>& units);

// Of the units shown those before `unit` are frozen and the others trained; what is not shown stays.
backbones::FreezePlan trainedFrom(std::size_t unit, const backbones::FreezePlan& plan,
                                  const std::vector<backbones::UnitSummary>& shown);

}  // namespace graft::ui
