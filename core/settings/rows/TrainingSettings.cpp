// SPDX-License-Identifier: GPL-3.0-or-later
// How long, in which steps.
#include <array>

#include "core/settings/rows/Rows.h"

namespace graft::settings {

namespace {

constexpr std::array kOptimizers{
    Named{OptimizerKind::Sgd, "sgd", GRAFT_TEXT("SGD")},
    Named{OptimizerKind::Adam, "adam", GRAFT_TEXT("Adam")},
    Named{OptimizerKind::AdamW, "adamw", GRAFT_TEXT("AdamW")},
    Named{OptimizerKind::RmsProp, "rmsprop", GRAFT_TEXT("RMSprop")},
};
constexpr std::array kSchedules{
    Named{ScheduleKind::Constant, "constant", GRAFT_TEXT("constant")},
    Named{ScheduleKind::Step, "step", GRAFT_TEXT("step")},
    Named{ScheduleKind::Cosine, "cosine", GRAFT_TEXT("cosine")},
};

bool nesterovHasMomentum(const TrainConfig& config) {
    const OptimizerOptions& optimizer = config.optimizer;
    return !optimizer.nesterov || (optimizer.kind == OptimizerKind::Sgd && optimizer.momentum > 0);
}

bool warmUpEnds(const TrainConfig& config) {
    return config.schedule.warmupEpochs < config.epochs;
}

}  // namespace

Rows trainingSettings() {
    Rows rows;
    rows.settings = {
        {
            .key = "epochs",
            .option = "--epochs",
            .label = GRAFT_TEXT("Epochs"),
            .help = GRAFT_TEXT("How often every training image is seen"),
            .field = whole(
                [](auto& c) -> auto& { return c.epochs; }, from(1, 100000)),
            .mayDiffer = true,
        },
        {
            .key = "batch_size",
            .option = "--batch-size",
            .label = GRAFT_TEXT("Batch size"),
            .help = GRAFT_TEXT("Images per batch; a smaller one needs less memory"),
            .field = whole(
                [](auto& c) -> auto& { return c.batchSize; }, from(1, 65536)),
        },
        {
            .key = "accumulate",
            .option = "--accumulate",
            .label = GRAFT_TEXT("Batches per step"),
            .help = GRAFT_TEXT("Their gradients are added up: a large batch in the memory of a small one"),
            .field = whole(
                [](auto& c) -> auto& { return c.accumulate; }, from(1, 65536)),
            .whenAbsent = std::int64_t{1},
        },
        {
            .key = "optimizer.kind",
            .option = "--optimizer",
            .label = GRAFT_TEXT("Optimizer"),
            .help = GRAFT_TEXT("How the weights follow the gradient"),
            .field = oneOf(
                [](auto& c) -> auto& { return c.optimizer.kind; }, kOptimizers),
        },
        {
            .key = "optimizer.learning_rate",
            .option = "--lr",
            .label = GRAFT_TEXT("Learning rate"),
            .help = GRAFT_TEXT("The size of a step; halve it if the loss jumps"),
            .field = number(
                [](auto& c) -> auto& { return c.optimizer.learningRate; }, above(0, 1000)),
        },
        {
            .key = "optimizer.momentum",
            .option = "--momentum",
            .label = GRAFT_TEXT("Momentum"),
            .help = GRAFT_TEXT("How much of the last step goes into the next"),
            .field = number(
                [](auto& c) -> auto& { return c.optimizer.momentum; }, below(0, 1)),
            .applies = {.key = "optimizer.kind", .values = {"sgd", "rmsprop"}},
        },
        {
            .key = "optimizer.nesterov",
            .option = "--nesterov",
            .label = GRAFT_TEXT("Nesterov"),
            .help = GRAFT_TEXT("Look ahead along the momentum"),
            .field = onOff([](auto& c) -> auto& { return c.optimizer.nesterov; }),
            .applies = {.key = "optimizer.kind", .values = {"sgd"}},
        },
        {
            .key = "optimizer.weight_decay",
            .option = "--weight-decay",
            .label = GRAFT_TEXT("Weight decay"),
            .help = GRAFT_TEXT("Pulls weights towards zero, against overfitting; L2, decoupled in AdamW"),
            .field = number(
                [](auto& c) -> auto& { return c.optimizer.weightDecay; }, from(0, 10)),
        },
        {
            .key = "schedule.kind",
            .option = "--schedule",
            .label = GRAFT_TEXT("Schedule"),
            .help = GRAFT_TEXT("How the learning rate falls during the run"),
            .field = oneOf(
                [](auto& c) -> auto& { return c.schedule.kind; }, kSchedules),
        },
        {
            .key = "schedule.step_epochs",
            .option = "--step-epochs",
            .label = GRAFT_TEXT("Epochs per step"),
            .help = GRAFT_TEXT("The learning rate falls every so many epochs"),
            .field = whole(
                [](auto& c) -> auto& { return c.schedule.stepEpochs; }, from(1, 100000)),
            .applies = {.key = "schedule.kind", .values = {"step"}},
        },
        {
            .key = "schedule.gamma",
            .option = "--gamma",
            .label = GRAFT_TEXT("Factor per step"),
            .help = GRAFT_TEXT("What the learning rate is multiplied by"),
            .field = number(
                [](auto& c) -> auto& { return c.schedule.gamma; }, above(0, 1)),
            .applies = {.key = "schedule.kind", .values = {"step"}},
        },
        {
            .key = "schedule.warmup_epochs",
            .option = "--warmup-epochs",
            .label = GRAFT_TEXT("Warm-up epochs"),
            .help = GRAFT_TEXT("The learning rate rises from 0 over so many epochs"),
            .field = whole(
                [](auto& c) -> auto& { return c.schedule.warmupEpochs; }, from(0, 100000)),
        },
        {
            .key = "early_stop_epochs",
            .option = "--early-stop",
            .label = GRAFT_TEXT("Early stop after"),
            .help = GRAFT_TEXT("Epochs without a better validation accuracy"),
            .field = whole(
                [](auto& c) -> auto& { return c.earlyStopEpochs; }, from(0, 100000, GRAFT_TEXT("never"))),
            .mayDiffer = true,
        },
    };
    rows.rules = {
        {"optimizer.nesterov", nesterovHasMomentum,
         GRAFT_TEXT("Nesterov momentum goes with the optimizer SGD and a momentum above 0; switch it off.")},
        {"schedule.warmup_epochs", warmUpEnds,
         GRAFT_TEXT(
             "The warm-up must be shorter than the training; take fewer warm-up epochs, or more epochs.")},
    };
    return rows;
}

}  // namespace graft::settings
