// SPDX-License-Identifier: GPL-3.0-or-later
// How the weights follow the gradient: what the optimizers of optimizers/ have in common. What one has alone
// stands in its own file.
#include "core/settings/Method.h"
#include "core/settings/Schedule.h"
#include "core/settings/rows/Rows.h"

namespace graft::settings {

namespace optimizers {
#define GRAFT_OPTIMIZER(name) Method name();
#include "core/settings/optimizers/Optimizers.inc"
#undef GRAFT_OPTIMIZER
}  // namespace optimizers

namespace {

constexpr const char* kKind = "optimizer.kind";
constexpr const char* kItsOwn = GRAFT_TEXT("the optimizer's own");

bool decays(const TrainConfig& config) {
    return config.optimizer.weightDecay > 0;
}

// Else the schedule says what it is.
bool isMomentumItsOwn(const TrainConfig& config) {
    const Schedule* schedule = findSchedule(config.schedule.kind);
    return schedule == nullptr || !schedule->movesMomentum;
}

// With one that the optimizers' files fill in: those that have it.
Condition withoutOneCycle() {
    return {.holds = isMomentumItsOwn, .goesWith = GRAFT_TEXT("every --schedule but one_cycle")};
}

bool nesterovHasMomentum(const TrainConfig& config) {
    const OptimizerOptions& optimizer = config.optimizer;
    return !optimizer.nesterov || (optimizer.kind == "sgd" && optimizer.momentum > 0);
}

std::vector<Setting> sharedSettings() {
    return {
        {
            .key = kKind,
            .option = "--optimizer",
            .label = GRAFT_TEXT("Optimizer"),
            .help = GRAFT_TEXT("How the weights follow the gradient"),
            .field = methodName([](auto& c) -> auto& { return c.optimizer.kind; }),
        },
        {
            .key = "optimizer.learning_rate",
            .option = "--lr",
            .label = GRAFT_TEXT("Learning rate"),
            .help = GRAFT_TEXT("The size of a step; halve it if the loss jumps"),
            .field = number(
                [](auto& c) -> auto& { return c.optimizer.learningRate; }, above(0, 1000)),
            .inBrief = true,
        },
        {
            .key = "optimizer.momentum",
            .option = "--momentum",
            .label = GRAFT_TEXT("Momentum"),
            .help = GRAFT_TEXT("How much of the last step goes into the next; PyTorch and Keras leave "
                               "it at 0 unless it is given, with RMSprop too"),
            .field = number(
                [](auto& c) -> auto& { return c.optimizer.momentum; }, below(0, 1)),
            .applies = withoutOneCycle(),
        },
        {
            .key = "optimizer.nesterov",
            .option = "--nesterov",
            .label = GRAFT_TEXT("Nesterov"),
            .help = GRAFT_TEXT("Look ahead along the momentum"),
            .field = onOff([](auto& c) -> auto& { return c.optimizer.nesterov; }),
        },
        {
            .key = "optimizer.weight_decay",
            .option = "--weight-decay",
            .label = GRAFT_TEXT("Weight decay"),
            .help = GRAFT_TEXT("Pulls weights towards zero, against overfitting; L2, decoupled in AdamW, "
                               "LAMB and Lion; PyTorch gives AdamW 0.01 by itself"),
            .field = number(
                [](auto& c) -> auto& { return c.optimizer.weightDecay; }, from(0, 10)),
        },
        {
            .key = "optimizer.decay_norms",
            .option = "--decay-norms",
            .label = GRAFT_TEXT("Decay norms too"),
            .help = GRAFT_TEXT("Weight decay also on the weights of norms and on biases"),
            .field = onOff([](auto& c) -> auto& { return c.optimizer.decayNorms; }),
            .applies = {.holds = decays, .goesWith = GRAFT_TEXT("--weight-decay above 0")},
            .whenAbsent = true,
        },
        {
            .key = "optimizer.layer_decay",
            .option = "--layer-decay",
            .label = GRAFT_TEXT("Factor per layer"),
            .help = GRAFT_TEXT("The learning rate times this for each unit downwards from the head; 1 is the "
                               "same for all"),
            .field = number(
                [](auto& c) -> auto& { return c.optimizer.layerDecay; }, above(0, 1)),
            .whenAbsent = 1.0,
        },
        {
            .key = "optimizer.beta1",
            .option = "--beta1",
            .label = GRAFT_TEXT("Beta 1"),
            .help = GRAFT_TEXT("How much of the average gradient a step keeps"),
            .field = number(
                [](auto& c) -> auto& { return c.optimizer.beta1; }, Range{0, 1, false, true, kItsOwn}),
            .applies = withoutOneCycle(),
            .whenAbsent = 0.0,
        },
        {
            .key = "optimizer.beta2",
            .option = "--beta2",
            .label = GRAFT_TEXT("Beta 2"),
            .help = GRAFT_TEXT("How much of the average squared gradient a step keeps; of Lion, of the "
                               "average gradient"),
            .field = number(
                [](auto& c) -> auto& { return c.optimizer.beta2; }, Range{0, 1, false, true, kItsOwn}),
            .whenAbsent = 0.0,
        },
        {
            .key = "optimizer.epsilon",
            .option = "--epsilon",
            .label = GRAFT_TEXT("Epsilon"),
            .help = GRAFT_TEXT("Added to what a step is divided by, so that it stays finite"),
            .field = number(
                [](auto& c) -> auto& { return c.optimizer.epsilon; }, from(0, 1, kItsOwn)),
            .whenAbsent = 0.0,
        },
    };
}

}  // namespace

Rows optimizerSettings() {
    Rows rows{sharedSettings()};
    for (Setting& setting : rows.settings)
        setting.group = Group::Optimizer;
#define GRAFT_OPTIMIZER(name) addMethod(rows.settings, kKind, optimizers::name());
#include "core/settings/optimizers/Optimizers.inc"
#undef GRAFT_OPTIMIZER
    rows.rules = {
        {"optimizer.nesterov", nesterovHasMomentum,
         GRAFT_TEXT("Nesterov momentum goes with the optimizer SGD and a momentum above 0; switch it off.")},
    };
    return rows;
}

}  // namespace graft::settings
