// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/settings/Method.h"

namespace graft::settings::optimizers {

namespace {

// Some have no weight decay, so that their steps are not scaled by themselves.
bool leavesWeightsOut(const TrainConfig& config) {
    return config.optimizer.weightDecay == 0 || !config.optimizer.decayNorms;
}

}  // namespace

Method lamb() {
    return {
        .name = "lamb",
        .label = GRAFT_TEXT("LAMB"),
        .help = GRAFT_TEXT("Adam whose step grows with the size of each layer, for large batches (You et al. "
                           "2019); gradients are clipped to a norm of 1"),
        .settings = {{
            .key = "optimizer.always_adapt",
            .option = "--always-adapt",
            .label = GRAFT_TEXT("Adapt every layer"),
            .help = GRAFT_TEXT("Scale the step also of what has no weight decay; without either it is Adam"),
            .field = ownSwitch("optimizer.always_adapt", false),
            .applies = {.key = "optimizer.kind",
                        .values = {"lamb"},
                        .holds = leavesWeightsOut,
                        .goesWith = GRAFT_TEXT("weights without weight decay (no --decay-norms)")},
            .whenAbsent = false,
        }},
        .uses = {"optimizer.learning_rate", "optimizer.layer_decay", "optimizer.weight_decay",
                 "optimizer.beta1", "optimizer.beta2", "optimizer.epsilon"},
    };
}

}  // namespace graft::settings::optimizers
