// SPDX-License-Identifier: GPL-3.0-or-later
// base * factor^epochs, with parts of epochs, from the end of the warm-up:
// torch.optim.lr_scheduler.ExponentialLR with gamma = factor^(1 / steps of an epoch), a step a batch. 0.9 is
// what PyTorch's page on schedulers takes.
#include <cmath>

#include "core/settings/schedules/Schedules.h"

namespace graft::settings {

namespace {

constexpr const char* kFactor = "schedule.epoch_factor";
constexpr double kUsualFactor = 0.9;

Rate at(const TrainConfig& config, const Moment& moment) {
    const double epochs =
        static_cast<double>(afterWarmUp(config, moment).step) / static_cast<double>(moment.stepsPerEpoch);
    return {config.optimizer.learningRate * std::pow(ownValue(config, kFactor, kUsualFactor), epochs)};
}

}  // namespace

Schedule exponentialSchedule() {
    return {{.name = "exponential",
             .label = GRAFT_TEXT("exponential"),
             .help = GRAFT_TEXT("The learning rate falls by the same factor in every epoch, step by step"),
             .settings = {{
                 .key = kFactor,
                 .option = "--epoch-factor",
                 .label = GRAFT_TEXT("Factor per epoch"),
                 .help = GRAFT_TEXT("What is left of the learning rate after an epoch"),
                 .field = ownNumber(kFactor, kUsualFactor, above(0, 1)),
                 .whenAbsent = kUsualFactor,
             }},
             .uses = {"schedule.warmup_epochs"}},
            at};
}

}  // namespace graft::settings
