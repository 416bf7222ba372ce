// SPDX-License-Identifier: GPL-3.0-or-later
// Of the frozen units' features, which are computed once.
#include "core/base/Either.h"
#include "core/settings/Mixing.h"
#include "core/settings/Phases.h"
#include "core/settings/rows/Rows.h"

namespace graft::settings {

namespace {

// Something is frozen, if only in the first of several phases, and its features stand for images.
bool hasFeatures(const TrainConfig& config) {
    const Plan* plan = planOf(config);
    if (plan != nullptr && !plan->usesFreeze) return true;  // each phase says itself what it does
    const bool beginsFrozen = plan != nullptr && plan->beginsWithHead;
    return !mixesImages(config) && (beginsFrozen || !config.freeze.frozenUnits.empty());
}

bool isUsed(const TrainConfig& config) {
    return config.cache.variants > 0 && hasFeatures(config);
}

// "--mixup or --cutmix"
Message mixingOptions() {
    const Rows hooks = hookSettings();
    std::vector<std::string> options;
    for (const Setting& setting : hooks.settings) {
        if (setting.mixesImages) options.push_back(setting.option);
    }
    return base::either(options);
}

}  // namespace

Rows cacheSettings() {
    const Message mixing = mixingOptions();
    const Message usedWith{GRAFT_TEXT("frozen units and --cache-variants above 0, and without {1}"), mixing};
    return {
        .settings = {
            {
                .key = "cache.variants",
                .option = "--cache-variants",
                .group = Group::Cache,
                .label = GRAFT_TEXT("Variants kept"),
                .help = GRAFT_TEXT("Random variants of each image whose frozen features are computed once"),
                .field = whole(
                    [](auto& c) -> auto& { return c.cache.variants; },
                    from(0, 1000, GRAFT_TEXT("none: every epoch computes new ones"))),
                .applies = {.holds = hasFeatures,
                            .goesWith = {GRAFT_TEXT("frozen units, and without {1}"), mixing},
                            .idle = std::int64_t{0}},
                .whenAbsent = std::int64_t{0},  // runs from before the cache had none
            },
            {
                .key = "cache.half_precision",
                .option = "--cache-precision",
                .group = Group::Cache,
                .label = GRAFT_TEXT("Half precision"),
                .help = GRAFT_TEXT("Half the space on the disk, at three digits of precision"),
                .field = onOff([](auto& c) -> auto& { return c.cache.halfPrecision; }),
                .applies = {.holds = isUsed, .goesWith = usedWith},
                .whenAbsent = true,
                .words = {"float32", "half"},
            },
            {
                .key = "cache.budget_gigabytes",
                .option = "--cache-gb",
                .group = Group::Cache,
                .label = GRAFT_TEXT("Largest size (GB)"),
                .help = GRAFT_TEXT("Of all kept features together, on the disk"),
                .field = number(
                    [](auto& c) -> auto& { return c.cache.budgetGigabytes; },
                    from(0, 1000000, GRAFT_TEXT("a tenth of the free disk, at most 20"))),
                .applies = {.holds = isUsed, .goesWith = usedWith},
                .whenAbsent = 0.0,
                .mayDiffer = true,
            },
        }};
}

}  // namespace graft::settings
