// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/settings/hooks/Hooks.h"

namespace graft::settings::hooks {

Rows ema() {
    return {
        .settings = {{
            .key = "ema_decay",
            .option = "--ema-decay",
            .label = GRAFT_TEXT("Average of weights"),
            .help = GRAFT_TEXT("The model is a moving average of the weights, which keeps this share at each "
                               "step (timm's ModelEmaV2); 0.99 for short runs, 0.9998 for long ones"),
            .field = ownNumber("ema_decay", 0, Range{0, 1, false, true, GRAFT_TEXT("off")}),
            .applies = {.holds = takesSteps, .goesWith = kWithSteps},
            .whenAbsent = 0.0,
        }}};
}

}  // namespace graft::settings::hooks
