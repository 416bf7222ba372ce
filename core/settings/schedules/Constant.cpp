// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/settings/schedules/Schedules.h"

namespace graft::settings {

namespace {

Rate at(const TrainConfig& config, const Moment&) {
    return {config.optimizer.learningRate};
}

}  // namespace

Schedule constantSchedule() {
    return {{.name = "constant",
             .label = GRAFT_TEXT("constant"),
             .help = GRAFT_TEXT("The learning rate stays"),
             .uses = {"schedule.warmup_epochs"}},
            at};
}

}  // namespace graft::settings
