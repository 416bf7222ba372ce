// SPDX-License-Identifier: GPL-3.0-or-later
// The head alone, then one stage more every few epochs, the last stage first, as far as the person has left
// stages thawed (gradual unfreezing: Howard, Ruder 2018, "Universal Language Model Fine-tuning for Text
// Classification", 3.3). With learning rates by layer (optimizer.layer_decay) it is the article's method.
#include <algorithm>

#include "core/settings/plans/Plans.h"

namespace graft::settings {

namespace {

constexpr const char* kEpochs = "phases.thaw_epochs";
constexpr std::int64_t kDefaultEpochs = 1;

Result<std::vector<Phase>> phases(const TrainConfig& config,
                                  const std::vector<backbones::UnitSummary>& units) {
    if (const auto thawed = requireThawed(config, units); !thawed) return fail(thawed.error());
    const int each = static_cast<int>(ownValue(config, kEpochs, kDefaultEpochs));
    backbones::FreezePlan frozen = backbones::freezeAll(units);
    std::vector<Phase> phases{{"head", 1, 0, frozen}};
    for (auto unit = units.rbegin(); unit != units.rend(); ++unit) {
        if (config.freeze.isFrozen(unit->name)) continue;
        frozen.frozenUnits.erase(unit->name);
        if (phases.size() > 1 && phases.back().name == unit->stage)
            phases.back().freeze = frozen;
        else
            phases.push_back({unit->stage, 1, 0, frozen});
    }
    if (static_cast<std::int64_t>(phases.size() - 1) * each >= config.epochs) {
        return fail(
            {ErrorCode::InvalidArgument,
             {GRAFT_TEXT("Thawing {1} stages one by one, every {2} epochs, needs more than {3} epochs; "
                         "take more, or keep more stages frozen."),
              phases.size() - 1, each, config.epochs},
             "",
             kEpochs});
    }
    for (std::size_t i = 0; i < phases.size(); ++i) {
        phases[i].firstEpoch = static_cast<int>(i) * each + 1;
        phases[i].epochs = each;
    }
    phases.back().epochs = config.epochs - phases.back().firstEpoch + 1;
    return phases;
}

}  // namespace

Plan gradualUnfreezing() {
    return {{.name = "gradual",
             .label = GRAFT_TEXT("gradual"),
             .help = GRAFT_TEXT("The head alone, then one stage more every few epochs, from the last one on"),
             .settings = {{
                 .key = kEpochs,
                 .option = "--thaw-epochs",
                 .label = GRAFT_TEXT("Thaw a stage every"),
                 .help = GRAFT_TEXT("Epochs until the next stage is trained too"),
                 .field = ownWhole(kEpochs, kDefaultEpochs, from(1, 100000)),
                 .whenAbsent = kDefaultEpochs,
             }}},
            phases,
            GRAFT_TEXT("The head is trained alone first; the blocks that are thawed here follow stage by "
                       "stage, the last stage first."),
            true,
            true};
}

}  // namespace graft::settings
