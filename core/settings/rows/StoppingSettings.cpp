// SPDX-License-Identifier: GPL-3.0-or-later
// When a run ends before its last epoch, and which model it keeps.
#include <array>

#include "core/settings/HeadSolving.h"
#include "core/settings/rows/Rows.h"

namespace graft::settings {

namespace {

constexpr std::array kFigures{
    Named{Figure::Accuracy, "accuracy", GRAFT_TEXT("accuracy")},
    Named{Figure::Loss, "loss", GRAFT_TEXT("loss")},
    Named{Figure::BalancedAccuracy, "balanced_accuracy", GRAFT_TEXT("balanced accuracy")},
    Named{Figure::MacroF1, "macro_f1", GRAFT_TEXT("macro F1")},
};
constexpr std::array kKept{
    Named{Keep::Best, "best", GRAFT_TEXT("best")},
    Named{Keep::Last, "last", GRAFT_TEXT("last")},
};

bool stopsEarly(const TrainConfig& config) {
    return hasEpochs(config) && config.earlyStopEpochs > 0;
}
bool keepsBest(const TrainConfig& config) {
    return hasEpochs(config) && config.stopping.keep == Keep::Best;
}
constexpr const char* kWithStop = GRAFT_TEXT("--early-stop above 0");

}  // namespace

Rows stoppingSettings() {
    return {
        .settings = {
            {
                .key = "early_stop_epochs",
                .option = "--early-stop",
                .label = GRAFT_TEXT("Early stop after"),
                .help = GRAFT_TEXT("Epochs in which the figure that is watched gets no better"),
                .field = whole(
                    [](auto& c) -> auto& { return c.earlyStopEpochs; }, from(0, 100000, GRAFT_TEXT("never"))),
                .applies = {.holds = hasEpochs, .goesWith = kWithSteps},
                .mayDiffer = true,
            },
            {
                .key = "stopping.stop_on",
                .option = "--stop-on",
                .label = GRAFT_TEXT("Watched for that"),
                .help = GRAFT_TEXT("Figure of the validation images that has to get better; of the same "
                                   "accuracy, the lower loss is better"),
                .field = oneOf(
                    [](auto& c) -> auto& { return c.stopping.stopOn; }, kFigures),
                .applies = {.holds = stopsEarly, .goesWith = kWithStop},
                .whenAbsent = std::string("accuracy"),
                .mayDiffer = true,
            },
            {
                .key = "stopping.min_change",
                .option = "--min-change",
                .label = GRAFT_TEXT("Smallest change"),
                .help = GRAFT_TEXT(
                    "What is better by no more than this is no better: 0.001 is 0.1 % of accuracy"),
                .field = number(
                    [](auto& c) -> auto& { return c.stopping.minChange; }, from(0, 1000)),
                .applies = {.holds = stopsEarly, .goesWith = kWithStop},
                .whenAbsent = 0.0,
                .mayDiffer = true,
            },
            {
                .key = "stopping.keep",
                .option = "--keep",
                .label = GRAFT_TEXT("Model that is kept"),
                .help = GRAFT_TEXT("Of the epochs' models, the best or the last"),
                .field = oneOf(
                    [](auto& c) -> auto& { return c.stopping.keep; }, kKept),
                .applies = {.holds = hasEpochs, .goesWith = kWithSteps},
                .whenAbsent = std::string("best"),
            },
            {
                .key = "stopping.best_by",
                .option = "--best-by",
                .label = GRAFT_TEXT("Best by"),
                .help =
                    GRAFT_TEXT("Figure of the validation images that says which model is the best; balanced "
                               "accuracy and macro F1 count every class the same"),
                .field = oneOf(
                    [](auto& c) -> auto& { return c.stopping.bestBy; }, kFigures),
                .applies = {.holds = keepsBest, .goesWith = GRAFT_TEXT("--keep best")},
                .whenAbsent = std::string("accuracy"),
            }}};
}

}  // namespace graft::settings
