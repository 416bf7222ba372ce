// SPDX-License-Identifier: GPL-3.0-or-later
// As torch.optim.lr_scheduler.ReduceLROnPlateau, on the validation loss: after more than `patience` epochs
// without a loss that is better than the best by the share of minChange, the learning rate is multiplied by
// gamma. Its defaults: factor 0.1, patience 10, threshold 1e-4 (relative), no cool-down, and no change of
// less than 1e-8. All finished epochs of the phase are counted, those of the warm-up among them.
#include <limits>

#include "core/settings/schedules/Schedules.h"

namespace graft::settings {

namespace {

constexpr const char* kPatience = "schedule.plateau_patience";
constexpr const char* kMinChange = "schedule.plateau_min_change";
constexpr std::int64_t kUsualPatience = 10;
constexpr double kUsualMinChange = 1e-4;
constexpr double kSmallestFall = 1e-8;

Rate at(const TrainConfig& config, const Moment& moment) {
    const std::int64_t patience = ownValue(config, kPatience, kUsualPatience);
    const double better = 1 - ownValue(config, kMinChange, kUsualMinChange);
    double rate = config.optimizer.learningRate;
    double best = std::numeric_limits<double>::infinity();
    std::int64_t since = 0;  // epochs
    for (const double loss : moment.validationLosses) {
        if (loss < best * better) {
            best = loss;
            since = 0;
        } else if (++since > patience) {
            const double next = rate * config.schedule.gamma;
            if (rate - next > kSmallestFall) rate = next;
            since = 0;
        }
    }
    return {rate};
}

}  // namespace

Schedule plateauSchedule() {
    return {{.name = "plateau",
             .label = GRAFT_TEXT("on plateau"),
             .help = GRAFT_TEXT("The learning rate falls when the validation loss does so no longer"),
             .settings = {{
                              .key = kPatience,
                              .option = "--plateau-patience",
                              .label = GRAFT_TEXT("Patience"),
                              .help = GRAFT_TEXT("Epochs without a better validation loss that are borne "
                                                 "before the learning rate falls"),
                              .field = ownWhole(kPatience, kUsualPatience, from(0, 100000)),
                              .whenAbsent = kUsualPatience,
                          },
                          {
                              .key = kMinChange,
                              .option = "--plateau-min-change",
                              .label = GRAFT_TEXT("Smallest change"),
                              .help = GRAFT_TEXT("Share of the best validation loss by which a better one "
                                                 "has to be lower"),
                              .field = ownNumber(kMinChange, kUsualMinChange, below(0, 1)),
                              .whenAbsent = kUsualMinChange,
                          }},
             .uses = {"schedule.gamma", "schedule.warmup_epochs"}},
            at};
}

}  // namespace graft::settings
