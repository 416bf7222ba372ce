// SPDX-License-Identifier: GPL-3.0-or-later
// base * (1 + cos(pi * t)) / 2, t from 0 to 1 over the steps after the warm-up, or over each of the cycles
// that they are parted into: SGDR (Loshchilov, Hutter 2016). Cycles are counted in steps from the end of the
// warm-up. As torch.optim.lr_scheduler.CosineAnnealingLR with T_max = steps, and CosineAnnealingWarmRestarts
// with T_0 in epochs and T_mult, whose default 1 is; eta_min is 0 in both.
#include <cmath>
#include <numbers>

#include "core/settings/schedules/Schedules.h"

namespace graft::settings {

namespace {

constexpr const char* kRestartEpochs = "schedule.restart_epochs";
constexpr const char* kRestartFactor = "schedule.restart_factor";

bool restarts(const TrainConfig& config) {
    return config.schedule.kind == "cosine" && ownValue(config, kRestartEpochs, std::int64_t{0}) > 0;
}

// The cycle in which the step is, and where in it.
Stretch cycleOf(std::int64_t step, std::int64_t first, std::int64_t factor) {
    if (factor == 1) return {step % first, first};
    std::int64_t length = first;
    while (step >= length) {
        step -= length;
        length *= factor;
    }
    return {step, length};
}

Rate at(const TrainConfig& config, const Moment& moment) {
    Stretch stretch = afterWarmUp(config, moment);
    if (restarts(config)) {
        stretch =
            cycleOf(stretch.step, ownValue(config, kRestartEpochs, std::int64_t{0}) * moment.stepsPerEpoch,
                    ownValue(config, kRestartFactor, std::int64_t{1}));
    }
    // In this order: the bits of runs of all versions.
    return {config.optimizer.learningRate * 0.5 *
            (1 + std::cos(std::numbers::pi * static_cast<double>(stretch.step) /
                          static_cast<double>(stretch.steps)))};
}

}  // namespace

Schedule cosineSchedule() {
    return {{.name = "cosine",
             .label = GRAFT_TEXT("cosine"),
             .help = GRAFT_TEXT("The learning rate falls to 0 along a half cosine"),
             .settings = {{
                              .key = kRestartEpochs,
                              .option = "--restart-epochs",
                              .label = GRAFT_TEXT("Restart after"),
                              .help = GRAFT_TEXT("Epochs of the first cosine; the rate then rises at once "
                                                 "and falls again (SGDR)"),
                              .field = ownWhole(kRestartEpochs, 0, from(0, 100000, GRAFT_TEXT("never"))),
                              .whenAbsent = std::int64_t{0},
                          },
                          {
                              .key = kRestartFactor,
                              .option = "--restart-factor",
                              .label = GRAFT_TEXT("Cycles grow by"),
                              .help = GRAFT_TEXT("Each cosine is so many times as long as the one before"),
                              .field = ownWhole(kRestartFactor, 1, from(1, 100)),
                              .applies = {.holds = restarts,
                                          .goesWith =
                                              GRAFT_TEXT("--schedule cosine and --restart-epochs above 0")},
                              .whenAbsent = std::int64_t{1},
                          }},
             .uses = {"schedule.warmup_epochs"}},
            at};
}

}  // namespace graft::settings
