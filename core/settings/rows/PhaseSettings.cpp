// SPDX-License-Identifier: GPL-3.0-or-later
// Into which phases the run is cut.
#include "core/settings/Phases.h"
#include "core/settings/rows/Rows.h"

namespace graft::settings {

Rows phaseSettings() {
    Rows rows;
    rows.settings = {{
        .key = "phases.kind",
        .option = "--phases",
        .group = Group::Phases,
        .label = GRAFT_TEXT("Phases"),
        .help = GRAFT_TEXT("Whether all thawed blocks are trained from the beginning, or one after another"),
        .field = ownChoice("phases.kind", "one", {}),
        .whenAbsent = std::string("one"),
    }};
    for (const Plan& plan : plans())
        addMethod(rows.settings, "phases.kind", plan);
    return rows;
}

}  // namespace graft::settings
