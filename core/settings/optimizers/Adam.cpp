// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/settings/Method.h"

namespace graft::settings::optimizers {

Method adam() {
    return {
        .name = "adam",
        .label = GRAFT_TEXT("Adam"),
        .help = GRAFT_TEXT(
            "Steps of about one size for every weight (Kingma, Ba 2014); learning rates around 0.001"),
        .uses = {"optimizer.learning_rate", "optimizer.layer_decay", "optimizer.weight_decay",
                 "optimizer.beta1", "optimizer.beta2", "optimizer.epsilon"},
    };
}

}  // namespace graft::settings::optimizers
