// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/training/BestEpoch.h"

#include <fmt/format.h>

#include <string>

#include "core/base/Percent.h"

namespace graft::training {

namespace {

using settings::Figure;

bool isLowerBetter(Figure figure) {
    return figure == Figure::Loss;
}

// By how much the epoch is better; below 0: it is worse.
double gain(double value, double than, Figure figure) {
    return isLowerBetter(figure) ? than - value : value - than;
}

bool improves(const EpochDone& epoch, const EpochDone& than, const settings::StoppingOptions& options) {
    if (options.minChange == 0) return isBetter(epoch, than, options.stopOn);
    const auto value = figureOf(epoch, options.stopOn);
    const auto best = figureOf(than, options.stopOn);
    return value && (!best || gain(*value, *best, options.stopOn) > options.minChange);
}

}  // namespace

std::optional<double> figureOf(const EpochDone& epoch, Figure figure) {
    switch (figure) {
        case Figure::Accuracy:
            return epoch.valAccuracy;
        case Figure::Loss:
            return epoch.valLoss;
        case Figure::BalancedAccuracy:
            return epoch.balancedAccuracy;
        case Figure::MacroF1:
            return epoch.macroF1;
    }
    return std::nullopt;
}

bool isBetter(const EpochDone& epoch, const EpochDone& than, Figure by) {
    const auto value = figureOf(epoch, by);
    const auto other = figureOf(than, by);
    if (!value || !other) return value.has_value() && !other;
    if (*value != *other) return gain(*value, *other, by) > 0;
    return epoch.valLoss < than.valLoss;
}

bool isKept(const EpochDone& epoch, const std::vector<EpochDone>& history,
            const settings::StoppingOptions& options) {
    const EpochDone* before = bestOf(history);
    return before == nullptr || options.keep == settings::Keep::Last ||
           isBetter(epoch, *before, options.bestBy);
}

int lastImprovement(const std::vector<EpochDone>& history, const settings::StoppingOptions& options) {
    const EpochDone* best = nullptr;
    for (const EpochDone& epoch : history) {
        if (best == nullptr || improves(epoch, *best, options)) best = &epoch;
    }
    return best != nullptr ? best->epoch : 0;
}

Message keptSentence(const EpochDone& epoch, const settings::StoppingOptions& options) {
    const std::string accuracy = base::percentFigure(epoch.valAccuracy);
    if (options.keep == settings::Keep::Last) {
        return {GRAFT_TEXT("The model is that of the last epoch, {1}, with a validation accuracy of {2} %."),
                epoch.epoch, accuracy};
    }
    const double figure = figureOf(epoch, options.bestBy).value_or(0);
    switch (options.bestBy) {
        case Figure::Accuracy:
            break;
        case Figure::Loss:
            return {GRAFT_TEXT("Lowest validation loss {1} in epoch {2}, with an accuracy of {3} %."),
                    fmt::format("{:.4f}", figure), epoch.epoch, accuracy};
        case Figure::BalancedAccuracy:
            return {GRAFT_TEXT("Best balanced accuracy {1} % in epoch {2}, with an accuracy of {3} %."),
                    base::percentFigure(figure), epoch.epoch, accuracy};
        case Figure::MacroF1:
            return {GRAFT_TEXT("Best macro F1 {1} % in epoch {2}, with an accuracy of {3} %."),
                    base::percentFigure(figure), epoch.epoch, accuracy};
    }
    return {GRAFT_TEXT("Best validation accuracy {1} % in epoch {2}."), accuracy, epoch.epoch};
}

}  // namespace graft::training
