// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/settings/Method.h"

namespace graft::settings::optimizers {

Method adagrad() {
    return {
        .name = "adagrad",
        .label = GRAFT_TEXT("Adagrad"),
        .help = GRAFT_TEXT("Smaller steps for weights that have moved much (Duchi, Hazan, Singer 2011)"),
        .uses = {"optimizer.learning_rate", "optimizer.layer_decay", "optimizer.weight_decay",
                 "optimizer.epsilon"},
    };
}

}  // namespace graft::settings::optimizers
