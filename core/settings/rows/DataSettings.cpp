// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/settings/rows/Rows.h"

namespace graft::settings {

Rows dataSettings() {
    return {.settings = {{
                .key = "validation_share",
                .option = "--val-share",
                .group = Group::Data,
                .label = GRAFT_TEXT("Validation share"),
                .help = GRAFT_TEXT("Share of the images kept for validation where the folder has no split"),
                .field = number(
                    [](auto& c) -> auto& { return c.validationShare; }, between(0, 1)),
                .inPanel = false,
                .mayDiffer = true,
            }}};
}

}  // namespace graft::settings
