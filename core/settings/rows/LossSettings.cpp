// SPDX-License-Identifier: GPL-3.0-or-later
// What the training makes small: what the losses of losses/ have in common, and what is done about classes
// that have few images. What one loss has alone stands in its own file.
#include <array>

#include "core/settings/ClassWeights.h"
#include "core/settings/HeadSolving.h"
#include "core/settings/Method.h"
#include "core/settings/rows/Rows.h"

namespace graft::settings {

namespace losses {
#define GRAFT_LOSS(function, name) Method function();
#include "core/settings/losses/Losses.inc"
#undef GRAFT_LOSS
}  // namespace losses

namespace {

constexpr const char* kKind = "loss.kind";
constexpr const char* kClassWeights = "loss.class_weights";

constexpr std::array kWeights{
    Named{ClassWeights::None, "none", GRAFT_TEXT("none")},
    Named{ClassWeights::Balanced, "balanced", GRAFT_TEXT("balanced")},
    Named{ClassWeights::Effective, "effective", GRAFT_TEXT("effective number")},
    Named{ClassWeights::ByHand, "by_hand", GRAFT_TEXT("by hand")},
};

bool areWeights(const TrainConfig& config) {
    return config.loss.classWeights != ClassWeights::ByHand ||
           parseWeights(ownValue(config, kWeightsByHand, std::string()));
}

// Twice would be too much.
bool isBalancedOnce(const TrainConfig& config) {
    const ClassWeights weights = config.loss.classWeights;
    return !config.oversample || (weights != ClassWeights::Balanced && weights != ClassWeights::Effective);
}

std::vector<Setting> sharedSettings() {
    return {
        {
            .key = kKind,
            .option = "--loss",
            .group = Group::Loss,
            .label = GRAFT_TEXT("Loss"),
            .help = GRAFT_TEXT("What the training makes small; the validation shows the plain cross-entropy "
                               "whatever it is"),
            .field = methodName([](auto& c) -> auto& { return c.loss.kind; }),
            .whenAbsent = std::string("cross_entropy"),
        },
        {
            .key = kClassWeights,
            .option = "--class-weights",
            .group = Group::Loss,
            .label = GRAFT_TEXT("Class weights"),
            .help = GRAFT_TEXT("How much more an image of a rare class counts: as its class is rarer "
                               "(balanced), or less than that (effective number, Cui et al. 2019)"),
            .field = oneOf(
                [](auto& c) -> auto& { return c.loss.classWeights; }, kWeights),
            .whenAbsent = std::string("none"),
        },
        {
            .key = "loss.effective_beta",
            .option = "--effective-beta",
            .group = Group::Loss,
            .label = GRAFT_TEXT("Beta of the effective number"),
            .help = GRAFT_TEXT("0 counts all classes the same, close to 1 is balanced"),
            .field = ownNumber("loss.effective_beta", kEffectiveBeta, below(0, 1)),
            .applies = {.key = kClassWeights, .values = {"effective"}},
            .whenAbsent = kEffectiveBeta,
        },
        {
            .key = kWeightsByHand,
            .option = "--weights-by-hand",
            .group = Group::Loss,
            .label = GRAFT_TEXT("Weights by hand"),
            .help = GRAFT_TEXT("A number for each class, in the order of the classes: 1,2.5,1"),
            .field = ownText(kWeightsByHand, ""),
            .applies = {.key = kClassWeights, .values = {"by_hand"}},
            .whenAbsent = std::string(),
        },
        {
            .key = "oversample",
            .option = "--oversample",
            .group = Group::Loss,
            .label = GRAFT_TEXT("Oversample rare classes"),
            .help = GRAFT_TEXT("Every epoch draws each class equally often: images of a rare one several "
                               "times, of a common one some of them"),
            .field = onOff([](auto& c) -> auto& { return c.oversample; }),
            .applies = {.holds = takesSteps, .goesWith = kWithSteps},
            .whenAbsent = false,
        },
    };
}

}  // namespace

Rows lossSettings() {
    Rows rows{sharedSettings()};
#define GRAFT_LOSS(function, name) addMethod(rows.settings, kKind, losses::function());
#include "core/settings/losses/Losses.inc"
#undef GRAFT_LOSS
    rows.rules = {
        {kWeightsByHand, areWeights,
         GRAFT_TEXT("The class weights by hand must be numbers above 0 with commas between them, one for "
                    "each class in the order of the classes, such as 1,2.5,1.")},
        {"oversample", isBalancedOnce,
         GRAFT_TEXT("Oversampling makes all classes count the same already; switch it off, or take no class "
                    "weights, or give them by hand.")},
    };
    return rows;
}

}  // namespace graft::settings
