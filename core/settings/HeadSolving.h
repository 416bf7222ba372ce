// SPDX-License-Identifier: GPL-3.0-or-later
// The optimizer "lbfgs" takes no step by step: where everything is frozen, a linear head is one convex
// problem, which it solves in one epoch (core/training/torch/HeadSolver.h).
#pragma once

#include <vector>

#include "core/backbones/ModelSummary.h"
#include "core/base/Result.h"
#include "core/base/Text.h"
#include "core/settings/TrainConfig.h"

namespace graft::settings {

inline constexpr const char* kSolver = "lbfgs";
inline constexpr const char* kSolverL2 = "optimizer.l2";  // 0: chosen by cross-validation

bool solvesHead(const TrainConfig& config);

// Of settings that say something of steps, or of epochs, of which a solution has one.
bool takesSteps(const TrainConfig& config);
bool hasEpochs(const TrainConfig& config);
inline constexpr const char* kWithSteps = GRAFT_TEXT("every --optimizer but lbfgs");

// config: of a phase. Errors: InvalidArgument with the setting's key, where there is no such problem to
// solve.
Result<void> checkSolvable(const TrainConfig& config, const std::vector<backbones::UnitSummary>& units);

// A run that is nothing but one solution has one epoch, whatever it was given.
void settleEpochs(TrainConfig& config);

}  // namespace graft::settings
