// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/settings/Method.h"

namespace graft::settings::losses {

Method binaryCrossEntropy() {
    return {
        .name = "binary_cross_entropy",
        .label = GRAFT_TEXT("binary cross-entropy"),
        .help = GRAFT_TEXT("Cross-entropy of two classes that are told apart by one output with a sigmoid"),
        .settings = {{
            .key = "loss.threshold",
            .option = "--decision-threshold",
            .group = Group::Loss,
            .label = GRAFT_TEXT("Threshold"),
            .help = GRAFT_TEXT("The second class is decided for where its probability is above this"),
            .field = ownNumber("loss.threshold", 0.5, between(0, 1)),
            .whenAbsent = 0.5,
        }},
        .uses = {"loss.class_weights"},
    };
}

}  // namespace graft::settings::losses
