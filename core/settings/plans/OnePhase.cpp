// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/settings/plans/Plans.h"

namespace graft::settings {

Plan onePhase() {
    return {{.name = "one",
             .label = GRAFT_TEXT("one"),
             .help = GRAFT_TEXT("The same blocks and settings from the first epoch to the last")},
            [](const TrainConfig& config,
               const std::vector<backbones::UnitSummary>&) -> Result<std::vector<Phase>> {
                return std::vector<Phase>{{"", 1, config.epochs, config.freeze}};
            }};
}

}  // namespace graft::settings
