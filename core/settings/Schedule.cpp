// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/settings/Schedule.h"

#include <algorithm>
#include <string>
#include <utility>

#include "core/settings/Settings.h"
#include "core/settings/schedules/Schedules.h"

namespace graft::settings {

namespace {

constexpr const char* kWarmUp = "schedule.warmup_epochs";

std::vector<Schedule>& registry() {
    static std::vector<Schedule> known{
#define GRAFT_SCHEDULE(schedule) schedule(),
#include "core/settings/schedules/Schedules.inc"
#undef GRAFT_SCHEDULE
    };
    return known;
}

const Schedule& chosen(const TrainConfig& config) {
    const Schedule* schedule = findSchedule(config.schedule.kind);
    return schedule != nullptr ? *schedule : registry().front();
}

bool uses(const Schedule& schedule, const char* key) {
    return std::ranges::find(schedule.uses, key) != schedule.uses.end();
}

}  // namespace

const std::vector<Schedule>& schedules() {
    return registry();
}

const Schedule* findSchedule(std::string_view name) {
    const auto found = std::ranges::find(registry(), name, &Schedule::name);
    return found != registry().end() ? &*found : nullptr;
}

void addSchedule(Schedule schedule) {
    addMethod("schedule.kind", schedule);  // first: it may make the table, of what is registered
    registry().push_back(std::move(schedule));
}

std::int64_t warmUpSteps(const TrainConfig& config, std::int64_t stepsPerEpoch) {
    return uses(chosen(config), kWarmUp) ? config.schedule.warmupEpochs * stepsPerEpoch : 0;
}

Stretch afterWarmUp(const TrainConfig& config, const Moment& moment) {
    const std::int64_t warmUp = warmUpSteps(config, moment.stepsPerEpoch);
    return {moment.step - warmUp, std::max<std::int64_t>(1, moment.steps - warmUp)};
}

Rate rateAt(const TrainConfig& config, const Moment& moment) {
    const std::int64_t warmUp = warmUpSteps(config, moment.stepsPerEpoch);
    if (moment.step < warmUp) {
        return {config.optimizer.learningRate * static_cast<double>(moment.step + 1) /
                static_cast<double>(warmUp)};
    }
    return chosen(config).at(config, moment);
}

}  // namespace graft::settings
