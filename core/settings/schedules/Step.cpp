// SPDX-License-Identifier: GPL-3.0-or-later
// As torch.optim.lr_scheduler.StepLR, by epoch: base * gamma^floor(epoch / stepEpochs). The epochs are those
// of the phase, from 0, those of the warm-up among them. He et al. 2015 (section 3.4) divide by 10 so.
#include <cmath>

#include "core/settings/schedules/Schedules.h"

namespace graft::settings {

namespace {

Rate at(const TrainConfig& config, const Moment& moment) {
    return {config.optimizer.learningRate *
            std::pow(config.schedule.gamma,
                     static_cast<double>(moment.step / moment.stepsPerEpoch / config.schedule.stepEpochs))};
}

}  // namespace

Schedule stepSchedule() {
    return {{.name = "step",
             .label = GRAFT_TEXT("step"),
             .help = GRAFT_TEXT("The learning rate falls every so many epochs"),
             .uses = {"schedule.step_epochs", "schedule.gamma", "schedule.warmup_epochs"}},
            at};
}

}  // namespace graft::settings
