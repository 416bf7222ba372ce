// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/settings/Method.h"

namespace graft::settings::optimizers {

Method adamw() {
    return {
        .name = "adamw",
        .label = GRAFT_TEXT("AdamW"),
        .help =
            GRAFT_TEXT("Adam with a weight decay that is no part of the gradient (Loshchilov, Hutter 2017)"),
        .uses = {"optimizer.learning_rate", "optimizer.layer_decay", "optimizer.weight_decay",
                 "optimizer.beta1", "optimizer.beta2", "optimizer.epsilon"},
    };
}

}  // namespace graft::settings::optimizers
