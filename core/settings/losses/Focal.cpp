// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/settings/Method.h"

namespace graft::settings::losses {

Method focal() {
    return {
        .name = "focal",
        .label = GRAFT_TEXT("focal"),
        .help = GRAFT_TEXT(
            "Cross-entropy that looks away from what is already told apart, for rare and hard classes (Lin "
            "et al. 2017)"),
        .settings = {{
            .key = "loss.gamma",
            .option = "--focal-gamma",
            .group = Group::Loss,
            .label = GRAFT_TEXT("Gamma"),
            .help = GRAFT_TEXT("How far the focal loss looks away from what is easy; 0 is cross-entropy"),
            .field = ownNumber("loss.gamma", 2, from(0, 20)),
            .whenAbsent = 2.0,
        }},
        .uses = {"loss.class_weights"},
    };
}

}  // namespace graft::settings::losses
