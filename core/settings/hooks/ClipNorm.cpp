// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/settings/hooks/Hooks.h"

namespace graft::settings::hooks {

Rows clipNorm() {
    return {.settings = {{
                .key = "clip_norm",
                .option = "--clip-norm",
                .label = GRAFT_TEXT("Clip gradients at"),
                .help = GRAFT_TEXT("Longer gradients, all weights taken together, are shortened to this: "
                                   "against steps that go astray (Pascanu et al. 2013); 1 is usual"),
                .field = ownNumber("clip_norm", 0, from(0, 1e6, GRAFT_TEXT("off"))),
                .applies = {.holds = takesSteps, .goesWith = kWithSteps},
                .whenAbsent = 0.0,
            }}};
}

}  // namespace graft::settings::hooks
