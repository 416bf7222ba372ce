// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/settings/Method.h"

namespace graft::settings::optimizers {

Method lion() {
    return {
        .name = "lion",
        .label = GRAFT_TEXT("Lion"),
        .help = GRAFT_TEXT("The sign of an average gradient (Chen et al. 2023); with three to ten times less "
                           "learning rate than AdamW, and as much more weight decay"),
        .uses = {"optimizer.learning_rate", "optimizer.layer_decay", "optimizer.weight_decay",
                 "optimizer.beta1", "optimizer.beta2"},
    };
}

}  // namespace graft::settings::optimizers
