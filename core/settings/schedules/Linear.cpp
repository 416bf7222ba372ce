// SPDX-License-Identifier: GPL-3.0-or-later
// base * (1 - t), t from 0 to 1 over the steps after the warm-up: fine-tuning's of BERT (Devlin et al. 2018),
// transformers' get_linear_schedule_with_warmup; torch.optim.lr_scheduler.LinearLR with start_factor 1 and
// end_factor 0.
#include "core/settings/schedules/Schedules.h"

namespace graft::settings {

namespace {

Rate at(const TrainConfig& config, const Moment& moment) {
    return {config.optimizer.learningRate * (1 - afterWarmUp(config, moment).part())};
}

}  // namespace

Schedule linearSchedule() {
    return {{.name = "linear",
             .label = GRAFT_TEXT("linear"),
             .help = GRAFT_TEXT("The learning rate falls to 0 in a line"),
             .uses = {"schedule.warmup_epochs"}},
            at};
}

}  // namespace graft::settings
