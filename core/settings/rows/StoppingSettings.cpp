// SPDX-License-Identifier: GPL-3.0-or-later
// When a run ends before its last epoch.
#include "core/settings/HeadSolving.h"
#include "core/settings/rows/Rows.h"

namespace graft::settings {

Rows stoppingSettings() {
    return {.settings = {{
                .key = "early_stop_epochs",
                .option = "--early-stop",
                .label = GRAFT_TEXT("Early stop after"),
                .help = GRAFT_TEXT("Epochs without a better validation accuracy"),
                .field = whole(
                    [](auto& c) -> auto& { return c.earlyStopEpochs; }, from(0, 100000, GRAFT_TEXT("never"))),
                .applies = {.holds = hasEpochs, .goesWith = kWithSteps},
                .mayDiffer = true,
            }}};
}

}  // namespace graft::settings
