// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/settings/hooks/Hooks.h"

namespace graft::settings::hooks {

Rows penalty() {
    return {
        .settings = {
            {
                .key = "loss.l1",
                .option = "--head-l1",
                .group = Group::Loss,
                .label = GRAFT_TEXT("L1 on the head"),
                .help = GRAFT_TEXT("This times the sum of the absolute weights of the head is added to the "
                                   "loss: makes many of them 0 (Keras' kernel_regularizer)"),
                .field = ownNumber("loss.l1", 0, from(0, 10, GRAFT_TEXT("off"))),
                .applies = {.holds = takesSteps, .goesWith = kWithSteps},
                .whenAbsent = 0.0,
            },
            {
                .key = "loss.l2",
                .option = "--head-l2",
                .group = Group::Loss,
                .label = GRAFT_TEXT("L2 on the head"),
                .help = GRAFT_TEXT("This times the sum of the squared weights of the head is added to the "
                                   "loss: keeps them small (Keras' kernel_regularizer)"),
                .field = ownNumber("loss.l2", 0, from(0, 10, GRAFT_TEXT("off"))),
                .applies = {.holds = takesSteps, .goesWith = kWithSteps},
                .whenAbsent = 0.0,
            },
        }};
}

}  // namespace graft::settings::hooks
