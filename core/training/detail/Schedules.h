// SPDX-License-Identifier: GPL-3.0-or-later
// The learning rate of a step (one batch), counted from 0 over the whole run.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numbers>

#include "core/settings/TrainConfig.h"

namespace graft::training {

// Linear warm-up: base * (step + 1) / warmupSteps. Then: Constant; Step: base * gamma^(epoch / stepEpochs),
// epochs counted from 0; Cosine: base * (1 + cos(pi * t)) / 2 with t from 0 to 1 over the steps after the
// warm-up (Loshchilov, Hutter 2016).
inline double learningRateAt(const settings::TrainConfig& config, std::int64_t step,
                             std::int64_t stepsPerEpoch) {
    const double base = config.optimizer.learningRate;
    const std::int64_t warmup = config.schedule.warmupEpochs * stepsPerEpoch;
    if (step < warmup) return base * static_cast<double>(step + 1) / static_cast<double>(warmup);
    switch (config.schedule.kind) {
        case settings::ScheduleKind::Constant:
            break;
        case settings::ScheduleKind::Step:
            return base * std::pow(config.schedule.gamma,
                                   static_cast<double>(step / stepsPerEpoch / config.schedule.stepEpochs));
        case settings::ScheduleKind::Cosine: {
            const auto total =
                static_cast<double>(std::max<std::int64_t>(1, config.epochs * stepsPerEpoch - warmup));
            return base * 0.5 * (1 + std::cos(std::numbers::pi * static_cast<double>(step - warmup) / total));
        }
    }
    return base;
}

}  // namespace graft::training
