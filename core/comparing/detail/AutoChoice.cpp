// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/comparing/detail/AutoChoice.h"

#include <algorithm>
#include <cmath>

#include "core/base/Percent.h"

namespace graft::comparing {

namespace {

constexpr int kMostEpochs = 20;
constexpr int kFewestEpochs = 2;
constexpr double kShareOfTime = 0.85;  // the rest is for what an estimate does not know

Message percent(double share) {
    return {GRAFT_TEXT("{1} %"), base::percentFigure(share)};
}

bool isWhole(const Entrant& entrant) {
    return entrant.cut.empty() && entrant.head == "linear";
}

bool isOf(const Candidate& candidate, const Candidate& whole) {
    return candidate.entrant.backbone == whole.entrant.backbone &&
           candidate.entrant.weightsFile == whole.entrant.weightsFile;
}

double standardError(const Comparison& comparison, double accuracy) {
    return std::sqrt(accuracy * (1 - accuracy) /
                     static_cast<double>(std::max<std::size_t>(1, comparison.images)));
}

}  // namespace

Result<BackboneChoice> chooseBackbone(const Comparison& comparison) {
    const auto first =
        std::ranges::find_if(comparison.ranking, [](const Candidate& one) { return isWhole(one.entrant); });
    if (first == comparison.ranking.end())
        return fail(ErrorCode::NotFound, GRAFT_TEXT("No whole backbone was compared."));
    std::vector<Entrant> wholes;
    std::size_t equals = 0;
    for (const Candidate& candidate : comparison.ranking) {
        if (!isWhole(candidate.entrant)) continue;
        wholes.push_back(candidate.entrant);
        if (candidate.score.interval.overlaps(first->score.interval)) ++equals;
    }
    const Message title = titleOf(first->entrant, wholes);
    if (wholes.size() == 1) {
        return BackboneChoice{
            &*first,
            {GRAFT_TEXT("{1} is the backbone, as no other was compared: a linear head on its frozen "
                        "features answers {2} of {3} training images right that it has not seen."),
             title, percent(first->score.accuracy), comparison.images}};
    }
    return BackboneChoice{
        &*first,
        {GRAFT_TEXT(
             "Of {1} backbones {2} was taken: a linear head on its frozen features answers {3} of {4} "
             "training "
             "images right that it has not seen ({5} of them, with it, are equal within what so many images "
             "can tell)."),
         wholes.size(), title, percent(first->score.accuracy), comparison.images, equals}};
}

HeadChoice chooseHead(const Comparison& comparison, const Candidate& whole) {
    const auto hidden = std::ranges::find_if(comparison.ranking, [&](const Candidate& one) {
        return isOf(one, whole) && one.entrant.cut.empty() && one.entrant.head != "linear";
    });
    if (hidden == comparison.ranking.end())
        return {"linear",
                GRAFT_TEXT("The head is linear; there was no time to try one with a hidden layer.")};
    // Differences are to the best of all, which the hidden one has to be.
    const bool isBetter = &*hidden == &comparison.ranking.front() && whole.score.differenceInterval.high < 0;
    if (isBetter) {
        return {hidden->entrant.head,
                {GRAFT_TEXT("The head has a hidden layer, which answers {1} right instead of {2}."),
                 percent(hidden->score.accuracy), percent(whole.score.accuracy)}};
    }
    return {"linear",
            {GRAFT_TEXT("The head is linear: with a hidden layer {1} would be right instead of {2}, which is "
                        "no sure gain."),
             percent(hidden->score.accuracy), percent(whole.score.accuracy)}};
}

CutChoice chooseCut(const Comparison& comparison, const Candidate& whole,
                    const std::vector<backbones::UnitSummary>& units) {
    const double enough = whole.score.accuracy - standardError(comparison, whole.score.accuracy);
    const Candidate* chosen = nullptr;  // the earliest that is as good
    const Candidate* last = nullptr;    // the deepest
    for (const Candidate& candidate : comparison.ranking) {
        if (candidate.entrant.cut.empty() || !isOf(candidate, whole)) continue;
        if (last == nullptr || candidate.score.multiplyAdds > last->score.multiplyAdds) last = &candidate;
        if (candidate.score.accuracy < enough) continue;
        if (chosen == nullptr || candidate.score.multiplyAdds < chosen->score.multiplyAdds)
            chosen = &candidate;
    }
    CutChoice cut;
    const Candidate* behind = chosen != nullptr ? chosen : last;
    auto first = units.begin();
    if (behind != nullptr) {
        const auto found = std::ranges::find(units, behind->entrant.cut, &backbones::UnitSummary::name);
        if (found != units.end() && found + 1 != units.end()) first = found + 1;
        cut.frozenSecondsPerImage = behind->score.secondsPerImage;
    } else {
        // Depths were not compared: the last stage.
        first = std::ranges::find(units, units.back().stage, &backbones::UnitSummary::stage);
        const auto share = static_cast<double>(first - units.begin()) / static_cast<double>(units.size());
        cut.frozenSecondsPerImage = share * whole.score.secondsPerImage;
    }
    cut.trainFrom = first->name;
    cut.stage = first->stage;
    cut.trainedSecondsPerImage = std::max(0.0, whole.score.secondsPerImage - cut.frozenSecondsPerImage);
    if (chosen != nullptr) {
        cut.why = {
            GRAFT_TEXT(
                "It is cut behind {1}, whose features are as good as those at its end ({2}, and {3}): what "
                "follows may be trained."),
            chosen->entrant.stage, percent(chosen->score.accuracy), percent(whole.score.accuracy)};
    } else if (last != nullptr) {
        cut.why = {
            GRAFT_TEXT(
                "It is cut behind {1}: features before its end are worse ({2} instead of {3}), so that only "
                "the last stage may be trained."),
            last->entrant.stage, percent(last->score.accuracy), percent(whole.score.accuracy)};
    } else {
        cut.why = {
            GRAFT_TEXT("It is cut before {1}, its last stage, as there was no time to compare its depths."),
            cut.stage};
    }
    return cut;
}

TimePlan planTime(const CutChoice& cut, std::size_t trainImages, std::size_t valImages, int variants,
                  double secondsLeft) {
    const auto train = static_cast<double>(trainImages);
    const auto val = static_cast<double>(valImages);
    TimePlan plan;
    plan.secondsPerEpoch = 3 * cut.trainedSecondsPerImage * train + cut.trainedSecondsPerImage * val;
    double needed = cut.frozenSecondsPerImage * val;
    for (int epoch = 1; epoch <= kMostEpochs; ++epoch) {
        needed += plan.secondsPerEpoch;
        if (epoch <= variants) needed += cut.frozenSecondsPerImage * train;
        if (needed > kShareOfTime * secondsLeft) break;
        plan.epochs = epoch;
    }
    if (plan.epochs < kFewestEpochs) plan.epochs = 0;
    return plan;
}

}  // namespace graft::comparing
