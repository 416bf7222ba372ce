// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/settings/Phases.h"

namespace graft::settings {

#define GRAFT_PLAN(plan) Plan plan();
#include "core/settings/plans/Plans.inc"
#undef GRAFT_PLAN

// A plan that thaws has nothing to do where the person keeps everything frozen. Errors: InvalidArgument.
Result<void> requireThawed(const TrainConfig& config, const std::vector<backbones::UnitSummary>& units);

}  // namespace graft::settings
