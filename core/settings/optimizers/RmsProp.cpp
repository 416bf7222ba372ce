// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/settings/Method.h"

namespace graft::settings::optimizers {

Method rmsprop() {
    return {
        .name = "rmsprop",
        .label = GRAFT_TEXT("RMSprop"),
        .help = GRAFT_TEXT("Divides each step by the size of the gradients before it (Hinton 2012)"),
        .settings = {{
            .key = "optimizer.alpha",
            .option = "--alpha",
            .label = GRAFT_TEXT("Smoothing"),
            .help = GRAFT_TEXT(
                "How much of the average squared gradient a step keeps; Keras calls it rho and takes 0.9"),
            .field = ownNumber("optimizer.alpha", 0.99, below(0, 1)),
            .whenAbsent = 0.99,
        }},
        .uses = {"optimizer.learning_rate", "optimizer.layer_decay", "optimizer.weight_decay",
                 "optimizer.momentum", "optimizer.epsilon"},
    };
}

}  // namespace graft::settings::optimizers
