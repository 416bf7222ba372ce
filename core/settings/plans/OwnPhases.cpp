// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/settings/plans/Plans.h"

namespace graft::settings {

namespace {

constexpr const char* kList = "phases.list";

Result<std::vector<Phase>> phases(const TrainConfig& config,
                                  const std::vector<backbones::UnitSummary>& units) {
    return parsePhases(ownValue(config, kList, std::string()), config, units);
}

}  // namespace

Plan ownPhases() {
    return {{.name = "own",
             .label = GRAFT_TEXT("own list"),
             .help = GRAFT_TEXT("A list of one's own"),
             .settings = {{
                 .key = kList,
                 .option = "--phase-list",
                 .label = GRAFT_TEXT("List of phases"),
                 .help = GRAFT_TEXT("Epochs, frozen blocks and what differs, such as \"5 all; rest from "
                                    "layer4 lr=0.001\""),
                 .field = ownText(kList, ""),
                 .whenAbsent = std::string(),
             }}},
            phases,
            GRAFT_TEXT("What each phase freezes is decided by the phases on the Train page; this shows the "
                       "first one."),
            false};
}

}  // namespace graft::settings
