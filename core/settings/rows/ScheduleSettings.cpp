// SPDX-License-Identifier: GPL-3.0-or-later
// How the learning rate moves; what a schedule needs for itself is in schedules/.
#include "core/settings/HeadSolving.h"
#include "core/settings/Schedule.h"
#include "core/settings/rows/Rows.h"

namespace graft::settings {

namespace {

bool warmUpEnds(const TrainConfig& config) {
    return warmUpSteps(config, 1) < config.epochs;
}

}  // namespace

Rows scheduleSettings() {
    Rows rows;
    rows.settings = {
        {
            .key = "schedule.kind",
            .option = "--schedule",
            .label = GRAFT_TEXT("Schedule"),
            .help = GRAFT_TEXT("How the learning rate moves during the run"),
            .field = methodName([](auto& c) -> auto& { return c.schedule.kind; }),
            .applies = {.holds = takesSteps, .goesWith = kWithSteps},
        },
        {
            .key = "schedule.step_epochs",
            .option = "--step-epochs",
            .label = GRAFT_TEXT("Epochs per step"),
            .help = GRAFT_TEXT("The learning rate falls every so many epochs"),
            .field = whole(
                [](auto& c) -> auto& { return c.schedule.stepEpochs; }, from(1, 100000)),
        },
        {
            .key = "schedule.gamma",
            .option = "--gamma",
            .label = GRAFT_TEXT("Factor per step"),
            .help = GRAFT_TEXT("What the learning rate is multiplied by"),
            .field = number(
                [](auto& c) -> auto& { return c.schedule.gamma; }, above(0, 1)),
        },
        {
            .key = "schedule.warmup_epochs",
            .option = "--warmup-epochs",
            .label = GRAFT_TEXT("Warm-up epochs"),
            .help = GRAFT_TEXT("The learning rate rises from 0 over so many epochs"),
            .field = whole(
                [](auto& c) -> auto& { return c.schedule.warmupEpochs; }, from(0, 100000)),
        },
    };
    for (Setting& setting : rows.settings)
        setting.group = Group::Schedule;
    for (const Schedule& schedule : schedules())
        addMethod(rows.settings, "schedule.kind", schedule);
    rows.rules = {
        {"schedule.warmup_epochs", warmUpEnds,
         GRAFT_TEXT(
             "The warm-up must be shorter than the training; take fewer warm-up epochs, or more epochs.")},
    };
    return rows;
}

}  // namespace graft::settings
