// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/settings/HeadSolving.h"

#include <algorithm>

#include "core/backbones/Head.h"
#include "core/settings/Field.h"

namespace graft::settings {

namespace {

tl::unexpected<Error> refuse(const char* key, const Message& why) {
    return fail(
        {ErrorCode::InvalidArgument,
         {GRAFT_TEXT("L-BFGS solves a linear head with cross-entropy on features that do not change: {1}"),
          why},
         "",
         key});
}

}  // namespace

bool solvesHead(const TrainConfig& config) {
    return config.optimizer.kind == kSolver;
}

bool takesSteps(const TrainConfig& config) {
    return !solvesHead(config);
}

bool hasEpochs(const TrainConfig& config) {
    return takesSteps(config) || ownValue(config, "phases.kind", std::string("one")) != "one";
}

Result<void> checkSolvable(const TrainConfig& config, const std::vector<backbones::UnitSummary>& units) {
    if (!solvesHead(config)) return {};
    const bool isFrozen = std::ranges::all_of(
        units, [&](const backbones::UnitSummary& unit) { return config.freeze.isFrozen(unit.name); });
    if (!isFrozen) {
        return refuse("optimizer.kind",
                      GRAFT_TEXT("freeze all blocks (--freeze all), or take another optimizer for these."));
    }
    const backbones::HeadKind* head = backbones::findHead(config.head.kind);
    if (head == nullptr || head->hidden != backbones::HeadKind::Hidden::None)
        return refuse("head.kind", GRAFT_TEXT("take the linear head, or another optimizer."));
    if (config.cache.variants == 0)
        return refuse("cache.variants",
                      GRAFT_TEXT("keep at least 1 variant of them, or take another optimizer."));
    if (config.loss.kind != "cross_entropy" || ownValue(config, "loss.label_smoothing", 0.0) > 0)
        return refuse("loss.kind",
                      GRAFT_TEXT("take cross-entropy without label smoothing, or another optimizer."));
    return {};
}

void settleEpochs(TrainConfig& config) {
    if (hasEpochs(config)) return;
    config.epochs = 1;
    config.schedule.warmupEpochs = 0;
}

}  // namespace graft::settings
