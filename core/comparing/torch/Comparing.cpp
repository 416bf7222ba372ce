// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/comparing/torch/Comparing.h"

#include <fmt/format.h>
#include <torch/types.h>
#include <torch/utils.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "core/backbones/torch/RandomSource.h"
#include "core/base/Seed.h"
#include "core/base/torch/TorchErrors.h"
#include "core/comparing/Entrants.h"
#include "core/comparing/detail/Statistics.h"
#include "core/comparing/torch/HiddenHead.h"
#include "core/comparing/torch/LogMe.h"
#include "core/runtime/ThreadBudget.h"
#include "core/runtime/torch/TorchDevice.h"
#include "core/training/detail/TrainedOn.h"

namespace graft::comparing {

namespace {

enum Purpose : std::uint64_t { kLinear = 1, kHidden = 2 };

Message minutes(double seconds) {
    const double rounded = seconds < 600 ? std::round(seconds / 6) / 10 : std::round(seconds / 60);
    return {GRAFT_TEXT("{1} min"), std::max(rounded, 0.1)};
}

std::vector<int> labelsOf(const Folds& folds) {
    std::vector<int> labels;
    for (const FoldedImage& image : folds.images)
        labels.push_back(image.label);
    return labels;
}

constexpr const char* kPutBack = GRAFT_TEXT("Put them back, or choose their folder again.");

}  // namespace

Comparing::Comparing(const CompareConfig& config, const data::DatasetIndex& dataset,
                     const CompareObserver& observer, runtime::RunControl& control)
    : m_config(config), m_dataset(dataset), m_observer(observer), m_control(control), m_loss({}) {}

double Comparing::secondsLeft() const {
    return m_config.minutes * 60 - std::chrono::duration<double>(Clock::now() - m_start).count();
}

bool Comparing::goesOn() {
    return m_control.checkpoint();
}

Message Comparing::noTime(const Message& what) const {
    return {GRAFT_TEXT("the time was over ({1}) before {2}; raise the budget (--budget)."),
            minutes(m_config.minutes * 60), what};
}

void Comparing::leaveOut(const Entrant& entrant, const Message& why) {
    m_comparison.leftOut.push_back({entrant, why});
    m_observer(EntrantLeftOut{m_comparison.leftOut.back()});
}

Result<void> Comparing::prepare() {
    if (const auto valid = validate(m_config); !valid) return valid;
    auto entered = entrantsHere(m_config.backbones);
    if (!entered) return fail(entered.error());
    auto folds = makeFolds(m_dataset, m_config.folds, m_config.mostImages, m_config.seed);
    if (!folds) return fail(folds.error());
    m_folds = std::move(*folds);
    m_loss = training::ImageLoss(labelsOf(m_folds));
    const auto device = runtime::chooseDevice(m_config.device);
    if (!device) return fail(device.error());
    m_device = runtime::torchDevice(*device);
    runtime::setComputeThreads(m_config.threads);
    m_entrants = std::move(entered->entrants);
    for (const LeftOut& left : entered->leftOut)
        leaveOut(left.entrant, left.why);
    m_comparison.absent = absentAndBetter(m_entrants);
    m_comparison.trainingImages = m_dataset.countOf(data::Split::Train);
    m_comparison.classesLeftOut = m_folds.classesLeftOut;
    m_comparison.folds = m_folds.count;
    m_comparison.confidence = m_config.confidence;
    return {};
}

Result<Comparison> Comparing::run() {
    for (std::size_t i = 0; i < m_entrants.size(); ++i) {
        if (!goesOn()) break;
        const Entrant& entrant = m_entrants[i];
        if (!m_scored.empty() && secondsLeft() <= 0) {
            leaveOut(entrant, noTime(GRAFT_TEXT("its turn came")));
            continue;
        }
        m_observer(EntrantStarted{entrant, i + 1, m_entrants.size()});
        if (const auto entered = enter(entrant); !entered) return fail(entered.error());
    }
    if (goesOn() && !m_scored.empty()) lookDeeper();
    return finish();
}

Result<void> Comparing::checkUnlearnt(const Entrant& entrant) const {
    const auto learnt = training::learntByWeights(entrant.weightsFile);
    if (!learnt) return fail(learnt.error());
    const auto known = std::ranges::count_if(m_folds.images, [&](const FoldedImage& image) {
        return learnt->sha256.contains(m_dataset.samples[image.sample].sha256);
    });
    if (known == 0) return {};
    return fail(
        ErrorCode::InvalidArgument,
        {GRAFT_TEXT("these weights were trained on {1} of the {2} images already, so that what they answer "
                    "here would look better than it is."),
         known, m_folds.images.size()});
}

double Comparing::estimate(const Part& whole, std::size_t images) const {
    const double factor = m_expected > 0 ? m_measured / m_expected : 1;
    return factor * whole.secondsPerImage * static_cast<double>(images);
}

Result<void> Comparing::enter(const Entrant& entrant) {
    const auto begun = Clock::now();
    std::optional<Looked> looked;
    bool endsAll = false;
    const Result<void> done = base::guardTorch([&]() -> Result<void> {
        if (const auto fresh = checkUnlearnt(entrant); !fresh) return fresh;
        auto features = StageFeatures::create(entrant, m_config, m_dataset, m_device);
        if (!features) return fail(features.error());
        auto result = look(entrant, **features);
        if (!result) {
            endsAll = result.error().code == ErrorCode::Unreadable && m_loss.isTooMuch();
            return fail(result.error());
        }
        looked = std::move(*result);
        return {};
    });
    if (!done && endsAll) return fail(done.error());
    if (!done) {
        leaveOut(entrant, done.error().path.empty() ? done.error().message : done.error().text());
        return {};
    }
    if (!looked) return {};  // named already, or stopped
    if (!score(*looked, looked->parts.back(), false, begun)) {
        if (goesOn()) leaveOut(entrant, noTime(GRAFT_TEXT("its head was fitted")));
        return {};
    }
    keep(std::move(*looked));
    return {};
}

Result<std::optional<Comparing::Looked>> Comparing::look(const Entrant& entrant, StageFeatures& features) {
    features.open(m_folds);
    const Part& whole = features.parts().back();
    const double needed = estimate(whole, features.missing());
    if (!m_scored.empty() && needed > secondsLeft()) {
        leaveOut(entrant,
                 {GRAFT_TEXT("its features would take some {1} more, and {2} of the budget of {3} are left; "
                             "raise it (--budget)."),
                  minutes(needed), minutes(std::max(0.0, secondsLeft())), minutes(m_config.minutes * 60)});
        return std::optional<Looked>();
    }
    const auto begun = Clock::now();
    const std::size_t images = m_folds.images.size();
    const auto seconds = [&] { return std::chrono::duration<double>(Clock::now() - begun).count(); };
    const auto tell = [&](std::size_t done) {
        const double left = done == 0 ? needed
                                      : seconds() / static_cast<double>(done) *
                                            static_cast<double>(images - std::min(done, images));
        m_observer(FeaturesGathered{entrant, done, images, left});
        return mayGoOn();
    };
    const auto lost = [&](std::size_t image, const Error& why) {
        const std::string& path = m_dataset.samples[m_folds.images[image].sample].path;
        if (m_loss.isThere(image)) m_comparison.unread.push_back({path, why.message});
        m_loss.add(image, path, why.message);
        return !m_loss.isTooMuch();
    };
    auto gathered = features.gather(tell, lost);
    if (!gathered) return fail(gathered.error());
    if (m_loss.isTooMuch())
        return training::lostTooMuch(m_loss, data::Split::Train, m_dataset.root, kPutBack);
    if (!*gathered) {
        if (goesOn()) leaveOut(entrant, noTime(GRAFT_TEXT("its features were computed")));
        return std::optional<Looked>();
    }
    if (features.missing() * 2 > images) {
        m_measured += seconds();
        m_expected += whole.secondsPerImage * static_cast<double>(features.missing());
    }
    return std::optional<Looked>(Looked{entrant, features.parts(), std::move(**gathered)});
}

FoldedFeatures Comparing::folded(const Looked& looked, const Part& part) const {
    FoldedFeatures result;
    std::vector<std::int64_t> rows;
    std::vector<std::int64_t> labels;
    for (std::size_t i = 0; i < m_folds.images.size(); ++i) {
        if (!looked.features.present[i]) continue;
        rows.push_back(static_cast<std::int64_t>(i));
        labels.push_back(m_folds.images[i].label);
        result.folds.push_back(m_folds.images[i].fold);
    }
    result.features = looked.features.means.slice(1, part.offset, part.offset + part.channels)
                          .index_select(0, torch::tensor(rows, torch::kLong));
    result.labels = torch::tensor(labels, torch::kLong);
    result.count = m_folds.count;
    result.classes = static_cast<int>(m_folds.classes.size());
    return result;
}

bool Comparing::score(const Looked& looked, const Part& part, bool hidden, Clock::time_point begun) {
    const FoldedFeatures rows = folded(looked, part);
    const std::uint64_t seed = base::deriveSeed(m_config.seed, hidden ? kHidden : kLinear);
    const auto goes = [this] { return mayGoOn(); };
    const auto answers =
        hidden ? crossValidateHidden(rows, seed, goes) : crossValidateLinear(rows, seed, goes);
    if (!answers) return false;

    Scored scored;
    Entrant& entrant = scored.candidate.entrant;
    entrant = looked.entrant;
    if (&part != &looked.parts.back()) {
        entrant.cut = part.lastUnit;
        entrant.stage = part.stage;
    }
    if (hidden) entrant.head = "mlp";
    Score& score = scored.candidate.score;
    score.accuracy = answers->accuracy;
    score.interval = wilson(answers->accuracy, answers->right.size(), m_config.confidence);
    score.logLoss = answers->logLoss;
    score.l2 = answers->l2;
    if (!hidden) score.logMe = logMe(rows.features, rows.labels, rows.classes);
    score.features = part.channels;
    score.parameters = part.parameters + (hidden ? hiddenParameters(part.channels, rows.classes)
                                                 : (part.channels + 1) * rows.classes);
    score.multiplyAdds = part.multiplyAdds;
    score.secondsPerImage = part.secondsPerImage;
    score.seconds = std::chrono::duration<double>(Clock::now() - begun).count();
    scored.present = looked.features.present;
    scored.right.assign(scored.present.size(), false);
    for (std::size_t i = 0, row = 0; i < scored.present.size(); ++i) {
        if (scored.present[i]) scored.right[i] = answers->right[row++];
    }
    m_observer(EntrantScored{scored.candidate});
    m_scored.push_back(std::move(scored));
    return true;
}

void Comparing::keep(Looked looked) {
    const auto accuracyOf = [this](const Looked& one) {
        const auto same = std::ranges::find_if(
            m_scored, [&](const Scored& scored) { return scored.candidate.entrant == one.entrant; });
        return same->candidate.score.accuracy;
    };
    m_best.push_back(std::move(looked));
    std::ranges::stable_sort(m_best, std::greater<>(), accuracyOf);
    const auto most = static_cast<std::size_t>(std::max(m_config.depthsOf, m_config.hiddenHead ? 1 : 0));
    if (m_best.size() > most) m_best.resize(most);
}

void Comparing::lookDeeper() {
    const auto outOfTime = [this](const Message& what) {
        if (goesOn())
            m_observer(CompareNotice{{GRAFT_TEXT("{1}: {2}"), what, noTime(GRAFT_TEXT("its turn came"))}});
    };
    if (m_config.hiddenHead) {
        if (!score(m_best.front(), m_best.front().parts.back(), true, Clock::now()))
            return outOfTime(GRAFT_TEXT("The head with a hidden layer is left out"));
    }
    const auto depthsOf = std::min(m_best.size(), static_cast<std::size_t>(m_config.depthsOf));
    for (std::size_t i = 0; i < depthsOf; ++i) {
        // From the deepest, which is of the most interest.
        for (std::size_t part = m_best[i].parts.size() - 1; part-- > 0;) {
            if (!score(m_best[i], m_best[i].parts[part], false, Clock::now()))
                return outOfTime(GRAFT_TEXT("Depths are left out"));
        }
    }
}

Result<Comparison> Comparing::finish() {
    m_comparison.stopped = m_control.isStopRequested();
    if (m_scored.empty()) {
        if (m_comparison.stopped)
            return fail(ErrorCode::Cancelled,
                        GRAFT_TEXT("The comparison was stopped before anything was done."));
        const LeftOut& first = m_comparison.leftOut.front();
        return fail(ErrorCode::NotFound,
                    {GRAFT_TEXT("Nothing could be compared; {1}: {2}"), titleOf(first.entrant), first.why});
    }
    std::vector<Candidate> ranking;
    for (const Scored& scored : m_scored)
        ranking.push_back(scored.candidate);
    rank(ranking);
    const auto scoredOf = [this](const Entrant& entrant) {
        return std::ranges::find_if(m_scored,
                                    [&](const Scored& one) { return one.candidate.entrant == entrant; });
    };
    const auto best = scoredOf(ranking.front().entrant);
    for (std::size_t i = 1; i < ranking.size(); ++i) {
        const auto own = scoredOf(ranking[i].entrant);
        std::vector<bool> mine;
        std::vector<bool> theirs;
        for (std::size_t image = 0; image < own->present.size(); ++image) {
            if (!own->present[image] || !best->present[image]) continue;
            mine.push_back(own->right[image]);
            theirs.push_back(best->right[image]);
        }
        const Difference difference = pairedDifference(mine, theirs, m_config.confidence);
        ranking[i].score.difference = difference.value;
        ranking[i].score.differenceInterval = difference.interval;
    }
    m_comparison.ranking = std::move(ranking);
    m_comparison.images = m_folds.images.size() - m_comparison.unread.size();
    m_comparison.seconds = std::chrono::duration<double>(Clock::now() - m_start).count();
    return std::move(m_comparison);
}

}  // namespace graft::comparing
