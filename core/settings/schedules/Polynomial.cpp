// SPDX-License-Identifier: GPL-3.0-or-later
// base * (1 - t)^power, t from 0 to 1 over the steps after the warm-up: torch.optim.lr_scheduler.PolynomialLR
// with total_iters = steps. Power 0.9 is that of DeepLab (Chen et al. 2016, the policy "poly") and of
// torchvision's own references; 1, PyTorch's default, is the schedule linear.
#include <cmath>

#include "core/settings/schedules/Schedules.h"

namespace graft::settings {

namespace {

constexpr const char* kPower = "schedule.power";
constexpr double kUsualPower = 0.9;

Rate at(const TrainConfig& config, const Moment& moment) {
    return {config.optimizer.learningRate *
            std::pow(1 - afterWarmUp(config, moment).part(), ownValue(config, kPower, kUsualPower))};
}

}  // namespace

Schedule polynomialSchedule() {
    return {{.name = "polynomial",
             .label = GRAFT_TEXT("polynomial"),
             .help = GRAFT_TEXT("The learning rate falls to 0 along a power of the steps that are left"),
             .settings = {{
                 .key = kPower,
                 .option = "--poly-power",
                 .label = GRAFT_TEXT("Power"),
                 .help = GRAFT_TEXT("Of the share of steps that are left; above 1 it falls fast at first"),
                 .field = ownNumber(kPower, kUsualPower, above(0, 100)),
                 .whenAbsent = kUsualPower,
             }},
             .uses = {"schedule.warmup_epochs"}},
            at};
}

}  // namespace graft::settings
