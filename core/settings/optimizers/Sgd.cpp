// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/settings/Method.h"

namespace graft::settings::optimizers {

Method sgd() {
    return {
        .name = "sgd",
        .label = GRAFT_TEXT("SGD"),
        .help = GRAFT_TEXT(
            "Steps against the gradient, with momentum; the plainest, and often the best in the end"),
        .uses = {"optimizer.learning_rate", "optimizer.layer_decay", "optimizer.weight_decay",
                 "optimizer.momentum", "optimizer.nesterov"},
    };
}

}  // namespace graft::settings::optimizers
