// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/settings/Method.h"

namespace graft::settings::losses {

Method crossEntropy() {
    return {
        .name = "cross_entropy",
        .label = GRAFT_TEXT("cross-entropy"),
        .help = GRAFT_TEXT("How improbable the model holds the right class"),
        .settings = {{
            .key = "loss.label_smoothing",
            .option = "--label-smoothing",
            .group = Group::Loss,
            .label = GRAFT_TEXT("Label smoothing"),
            .help =
                GRAFT_TEXT("Share of the label that goes to all classes alike, so that the model does not "
                           "become too sure (Szegedy et al. 2015); 0.1 is usual"),
            .field = ownNumber("loss.label_smoothing", 0, below(0, 1)),
            .whenAbsent = 0.0,
        }},
        .uses = {"loss.class_weights"},
    };
}

}  // namespace graft::settings::losses
