// SPDX-License-Identifier: GPL-3.0-or-later
// How the learning rate moves during a phase of a run: the schedules, each one file in schedules/ and one
// line in Schedules.inc (docs/add-a-method.md). A schedule is a pure function of the settings and the moment,
// so that a run that goes on needs nothing to have been kept.
//     const double rate = rateAt(config, {batch, batches, batchesPerEpoch, losses}).learningRate;
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "core/settings/Method.h"
#include "core/settings/TrainConfig.h"

namespace graft::settings {

// A step is one batch, also where the gradients of several are added up.
struct Moment {
    std::int64_t step = 0;           // from 0, counted over the whole phase
    std::int64_t steps = 1;          // of the phase
    std::int64_t stepsPerEpoch = 1;  // all three at least what stands here
    // Of the phase's finished epochs. A span: it must not outlive them.
    std::span<const double> validationLosses = {};
};

struct Rate {
    double learningRate = 0;
    std::optional<double> momentum = {};  // none: as the optimizer's settings say
};

struct Schedule : Method {
    // moment.step: behind the warm-up where the schedule uses "schedule.warmup_epochs"; see afterWarmUp().
    Rate (*at)(const TrainConfig& config, const Moment& moment) = nullptr;
    bool movesMomentum = false;  // Rate::momentum stands in the place of the optimizer's own
};

// In the order of the panel. schedule.kind is one of their names.
const std::vector<Schedule>& schedules();
const Schedule* findSchedule(std::string_view name);  // null for what is none

// One more, for whoever brings a schedule of his own: before the first config is read and the first window
// made.
void addSchedule(Schedule schedule);

// Linear warm-up, base * (step + 1) / warmUpSteps (Goyal et al. 2017, section 2.2), then the schedule.
// config: validated.
Rate rateAt(const TrainConfig& config, const Moment& moment);

// For the functions of schedules that use "schedule.warmup_epochs".
std::int64_t warmUpSteps(const TrainConfig& config, std::int64_t stepsPerEpoch);
struct Stretch {
    std::int64_t step = 0;   // from 0
    std::int64_t steps = 1;  // at least 1
    double part() const { return static_cast<double>(step) / static_cast<double>(steps); }
};
Stretch afterWarmUp(const TrainConfig& config, const Moment& moment);

}  // namespace graft::settings
