// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/comparing/Comparison.h"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <utility>

#include "core/backbones/Catalogue.h"
#include "core/base/Percent.h"

namespace graft::comparing {

namespace {

constexpr std::size_t kMostNamed = 4;

// "A, B, C and 2 more".
Message listOf(const std::vector<Message>& names) {
    Message list;
    for (std::size_t i = 0; i < std::min(names.size(), kMostNamed); ++i)
        list = i == 0 ? names[i] : Message(GRAFT_TEXT("{1}, {2}"), list, names[i]);
    if (names.size() <= kMostNamed) return list;
    return {GRAFT_TEXT("{1} and {2} more"), list, names.size() - kMostNamed};
}

std::vector<Entrant> entrantsOf(const Comparison& comparison) {
    std::vector<Entrant> all;
    for (const Candidate& candidate : comparison.ranking)
        all.push_back(candidate.entrant);
    return all;
}

bool isWhole(const Entrant& entrant) {
    return entrant.cut.empty() && entrant.head == "linear";
}

bool sameWeights(const Entrant& a, const Entrant& b) {
    return a.backbone == b.backbone && a.weightsFile == b.weightsFile;
}

Message percent(double share) {
    return {GRAFT_TEXT("{1} %"), base::percentFigure(share)};
}

Message sentenceOfBest(const Comparison& comparison, const std::vector<Entrant>& all) {
    const Candidate& best = comparison.ranking.front();
    return {
        GRAFT_TEXT("{1} comes first: {2} of {3} training images are answered right, each by a head that has "
                   "not seen it ({4} to {5})."),
        titleOf(best.entrant, all),
        percent(best.score.accuracy),
        comparison.images,
        percent(best.score.interval.low),
        percent(best.score.interval.high)};
}

Message sentenceOfEquals(const Comparison& comparison, const std::vector<Entrant>& all) {
    std::vector<Message> equals;
    const Candidate* cheapest = &comparison.ranking.front();
    for (std::size_t i = 1; i < comparison.ranking.size(); ++i) {
        const Candidate& candidate = comparison.ranking[i];
        if (candidate.group != 1) continue;
        equals.push_back(titleOf(candidate.entrant, all));
        if (candidate.score.multiplyAdds < cheapest->score.multiplyAdds) cheapest = &candidate;
    }
    if (equals.empty()) {
        return comparison.ranking.size() == 1
                   ? Message()
                   : Message(GRAFT_TEXT("Nothing else that was compared is equal to it."));
    }
    if (cheapest == &comparison.ranking.front()) {
        return {GRAFT_TEXT("So many images cannot tell it from: {1}; it is the cheapest of them."),
                listOf(equals)};
    }
    return {GRAFT_TEXT("So many images cannot tell it from: {1}; the cheapest of them is {2}."),
            listOf(equals), titleOf(cheapest->entrant, all)};
}

// Whether the network says no less before its end.
Message sentenceOfDepths(const Comparison& comparison, const std::vector<Entrant>& all) {
    const auto best =
        std::ranges::find_if(comparison.ranking, [](const Candidate& one) { return isWhole(one.entrant); });
    if (best == comparison.ranking.end()) return {};
    const Candidate* shallowest = nullptr;
    bool hasDepths = false;
    for (const Candidate& candidate : comparison.ranking) {
        if (candidate.entrant.cut.empty() || !sameWeights(candidate.entrant, best->entrant)) continue;
        hasDepths = true;
        const bool isEqual = candidate.score.interval.overlaps(best->score.interval);
        if (isEqual &&
            (shallowest == nullptr || candidate.score.multiplyAdds < shallowest->score.multiplyAdds))
            shallowest = &candidate;
    }
    if (!hasDepths) return {};
    if (shallowest == nullptr) {
        return {GRAFT_TEXT("Of {1} every stage is needed: features before its end are worse."),
                titleOf(best->entrant, all)};
    }
    return {
        GRAFT_TEXT("Of {1} the features behind {2} are as good as those at its end; what comes after may be "
                   "trained without losing anything that your images need."),
        titleOf(best->entrant, all), shallowest->entrant.stage};
}

Message sentenceOfFineTuning(const Comparison& comparison, const std::vector<Entrant>& all) {
    const Candidate* first = nullptr;
    std::size_t wholes = 0;
    for (const Candidate& candidate : comparison.ranking) {
        if (!isWhole(candidate.entrant) || !candidate.score.logMe) continue;
        ++wholes;
        if (first == nullptr || *candidate.score.logMe > *first->score.logMe) first = &candidate;
    }
    if (first == nullptr || wholes < 2) return {};
    return {GRAFT_TEXT("If the backbone shall be fine-tuned, LogME puts {1} first."),
            titleOf(first->entrant, all)};
}

Message sentenceOfAbsent(const Comparison& comparison) {
    if (comparison.absent.empty()) return {};
    std::vector<Message> names;
    for (const Absent& absent : comparison.absent) {
        names.emplace_back(GRAFT_TEXT("{1} ({2}, {3} MB, top-1 {4} %)"), backbones::titleOf(absent.backbone),
                           absent.tag,
                           absent.megabytes < 9.95 ? base::numberText(std::round(absent.megabytes * 10) / 10)
                                                   : base::numberText(std::round(absent.megabytes)),
                           base::percentFigure(absent.top1 / 100));
    }
    return {GRAFT_TEXT(
                "Not on this machine, and better on ImageNet than all that is, which often holds for other "
                "images too: {1}."),
            listOf(names)};
}

tl::unexpected<Error> refuse(const Message& why) {
    return fail(ErrorCode::InvalidArgument, why);
}

}  // namespace

Result<void> validate(const CompareConfig& config) {
    if (!(config.minutes > 0)) return refuse(GRAFT_TEXT("The budget must be more than 0 minutes."));
    if (config.mostImages < 20) return refuse(GRAFT_TEXT("At least 20 images have to be looked at."));
    if (config.folds < 2 || config.folds > 20) return refuse(GRAFT_TEXT("There must be from 2 to 20 folds."));
    if (config.depthsOf < 0)
        return refuse(GRAFT_TEXT("The number of backbones whose depths are compared must not be negative."));
    if (!(config.confidence >= 0.5 && config.confidence <= 0.999))
        return refuse(GRAFT_TEXT("The confidence of the intervals must be from 0.5 to 0.999."));
    return {};
}

Message titleOf(const Entrant& entrant, const std::vector<Entrant>& others) {
    Message title = Message::words(backbones::titleOf(entrant.backbone));
    const bool hasTwin = std::ranges::any_of(others, [&](const Entrant& other) {
        return other.backbone == entrant.backbone && other.weightsFile != entrant.weightsFile;
    });
    if (hasTwin) {
        title = {GRAFT_TEXT("{1} ({2})"), title,
                 entrant.tag.empty() ? std::filesystem::path(entrant.weightsFile).filename().string()
                                     : entrant.tag};
    }
    if (!entrant.cut.empty()) title = {GRAFT_TEXT("{1} up to {2}"), title, entrant.stage};
    if (entrant.head != "linear") title = {GRAFT_TEXT("{1} with a hidden layer"), title};
    return title;
}

backbones::FreezePlan freezePlanOf(const Entrant& entrant, const std::vector<backbones::UnitSummary>& units) {
    backbones::FreezePlan plan;
    for (const backbones::UnitSummary& unit : units) {
        plan.frozenUnits.insert(unit.name);
        if (unit.name == entrant.cut) break;
    }
    return plan;
}

void rank(std::vector<Candidate>& candidates) {
    std::ranges::stable_sort(candidates, [](const Candidate& a, const Candidate& b) {
        if (a.score.accuracy != b.score.accuracy) return a.score.accuracy > b.score.accuracy;
        return a.score.logLoss < b.score.logLoss;
    });
    for (std::size_t i = 0, first = 0; i < candidates.size(); ++i) {
        const bool isEqual = candidates[i].score.interval.overlaps(candidates[first].score.interval);
        candidates[i].group = i == 0 ? 1 : candidates[i - 1].group + (isEqual ? 0 : 1);
        if (!isEqual) first = i;
    }
}

std::vector<Message> sentencesOf(const Comparison& comparison) {
    if (comparison.ranking.empty()) return {};
    const std::vector<Entrant> all = entrantsOf(comparison);
    std::vector<Message> sentences;
    const auto say = [&](Message sentence) {
        if (!sentence.empty()) sentences.push_back(std::move(sentence));
    };
    if (comparison.stopped) say(GRAFT_TEXT("It was stopped: what follows is of those that were done."));
    say(sentenceOfBest(comparison, all));
    say(sentenceOfEquals(comparison, all));
    say(sentenceOfDepths(comparison, all));
    say(sentenceOfFineTuning(comparison, all));
    if (comparison.images < comparison.trainingImages) {
        say({GRAFT_TEXT(
                 "Of {1} training images {2} were looked at: the others are copies, of classes with one "
                 "image, unreadable, or were not drawn."),
             comparison.trainingImages, comparison.images});
    }
    for (const std::string& name : comparison.classesLeftOut)
        say({GRAFT_TEXT("The class {1} is left out: it has fewer than two different training images."),
             name});
    for (const LeftOut& left : comparison.leftOut)
        say({GRAFT_TEXT("{1} was left out: {2}"), titleOf(left.entrant, all), left.why});
    say(sentenceOfAbsent(comparison));
    return sentences;
}

}  // namespace graft::comparing
