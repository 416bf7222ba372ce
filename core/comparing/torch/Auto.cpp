// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/comparing/Auto.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <optional>
#include <utility>

#include "core/backbones/Head.h"
#include "core/backbones/ModelSummary.h"
#include "core/base/Percent.h"
#include "core/base/torch/TorchErrors.h"
#include "core/comparing/CompareBackbones.h"
#include "core/comparing/detail/AutoChoice.h"
#include "core/comparing/torch/AugmentationTrial.h"
#include "core/data/FolderScanner.h"
#include "core/settings/AugmentationPresets.h"
#include "core/settings/Settings.h"
#include "core/training/DefaultConfig.h"
#include "core/training/Trainer.h"
#include "core/training/detail/RunWriter.h"

namespace graft::comparing {

namespace {

using Clock = std::chrono::steady_clock;
using settings::TrainConfig;

// Shares of the time: for the comparison, and for trying augmentations; the rest is for training.
constexpr double kToCompare = 0.4;
constexpr double kToTry = 0.15;

// Of a head with a hidden layer, on features that are kept.
constexpr int kHeadEpochs = 30;
// Small enough that what was pretrained is not lost, at a head that is at its optimum already.
constexpr const char* kFineTuning = "optimizer=adamw lr=0.0001";
constexpr double kDecay = 0.01;
constexpr int kPatience = 6;

Message percent(double share) {
    return {GRAFT_TEXT("{1} %"), base::percentFigure(share)};
}

// One call of trainAuto().
class Automatic {
  public:
    Automatic(const AutoConfig& config, const data::DatasetIndex& dataset, const AutoObserver& observer,
              runtime::RunControl& control)
        : m_config(config), m_dataset(dataset), m_observer(observer), m_control(control) {}

    Result<AutoReport> run();

  private:
    double secondsGone() const { return std::chrono::duration<double>(Clock::now() - m_start).count(); }
    double secondsLeft() const { return m_config.minutes * 60 - secondsGone(); }
    void decide(AutoDecided::What what, Message sentence);
    Result<void> check() const;
    Result<void> chooseAugmentation(const Entrant& whole);
    Result<TrainConfig> configOf(const Entrant& whole, const HeadChoice& head);
    Result<void> plan(const Candidate& whole);
    Result<training::TrainReport> train();
    Message outcome() const;

    const AutoConfig& m_config;
    const data::DatasetIndex& m_dataset;
    const AutoObserver& m_observer;
    runtime::RunControl& m_control;
    Clock::time_point m_start = Clock::now();
    AutoReport m_report;
    std::string m_preset = "standard";
    int m_headEpochs = 1;
    TimePlan m_time;
    std::string m_stage;  // from which it is fine-tuned
};

void Automatic::decide(AutoDecided::What what, Message sentence) {
    m_observer(AutoDecided{what, sentence});
    m_report.explanation.push_back(std::move(sentence));
}

// Before minutes go into a comparison.
Result<void> Automatic::check() const {
    if (!(m_config.minutes > 0))
        return fail(ErrorCode::InvalidArgument, GRAFT_TEXT("The time must be more than 0 minutes."));
    if (const auto free = training::checkIsNoRun(m_config.runFolder); !free) return free;
    return data::checkTrainable(m_dataset);
}

// The one with the lowest loss on images that were not learnt: it tells more apart than their right answers.
Result<void> Automatic::chooseAugmentation(const Entrant& whole) {
    const double until = secondsGone() + kToTry * m_config.minutes * 60;
    const auto tried = tryAugmentations(
        whole, m_config.compare, m_dataset, [&] { return until - secondsGone(); }, m_control);
    if (!tried) return fail(tried.error());
    if (!*tried) return fail(ErrorCode::Cancelled, GRAFT_TEXT("It was stopped before the training began."));
    const std::vector<AugmentationTried>& all = **tried;
    if (all.size() < 2) {
        decide(
            AutoDecided::What::Augmentation,
            GRAFT_TEXT(
                "Training images are cropped and mirrored at random, as is usual; there was no time to try "
                "whether that helps."));
        return {};
    }
    const auto best = std::ranges::min_element(all, {}, &AugmentationTried::logLoss);
    m_preset = best->preset;
    const auto label = [](const std::string& name) {
        return Message(settings::findAugmentationPreset(name)->label.c_str());
    };
    if (m_preset == "none") {
        decide(AutoDecided::What::Augmentation,
               {GRAFT_TEXT(
                    "Training images stay as they are: of {1} augmentations that were tried none made a head "
                    "better on images that it had not seen."),
                all.size() - 1});
    } else {
        decide(
            AutoDecided::What::Augmentation,
            {GRAFT_TEXT(
                 "Training images are changed at random by \"{1}\", the best of {2} augmentations for a head "
                 "that is asked about others (loss {3} instead of {4})."),
             label(m_preset), all.size() - 1, fmt::format("{:.3f}", best->logLoss),
             fmt::format("{:.3f}", all.front().logLoss)});
    }
    return {};
}

Result<TrainConfig> Automatic::configOf(const Entrant& whole, const HeadChoice& head) {
    auto config = training::defaultConfig(whole.backbone, whole.weightsFile);
    if (!config) return config;
    config->datasetFolder = m_config.datasetFolder;
    config->runFolder = m_config.runFolder;
    config->validationShare = m_config.validationShare;
    config->seed = m_config.compare.seed;
    config->threads = m_config.compare.threads;
    config->device = m_config.compare.device;
    config->cache.budgetGigabytes = m_config.compare.cacheGigabytes;
    config->head = {};
    config->head.kind = head.kind;
    settings::apply(*settings::findAugmentationPreset(m_preset), *config);
    if (m_preset == "none") config->cache.variants = 1;  // all are the same
    return config;
}

// The head at its optimum, or trained; then, as far as there is time, what is behind the cut with it.
Result<void> Automatic::plan(const Candidate& whole) {
    TrainConfig& config = m_report.config;
    const auto all = backbones::listUnits(config.backbone);
    if (!all) return fail(all.error());
    const auto units = backbones::unitsBelow(config.head, *all);
    const CutChoice cut = chooseCut(m_report.comparison, whole, units);
    decide(AutoDecided::What::Cut, cut.why);
    const bool isSolved = config.head.kind == "linear";
    m_headEpochs = isSolved ? 1 : kHeadEpochs;
    m_stage = cut.stage;
    const double images =
        whole.score.secondsPerImage * static_cast<double>(m_dataset.countOf(data::Split::Train));
    // No more variants than half of the time computes for the head.
    while (config.cache.variants > 1 && config.cache.variants * images > secondsLeft() / 2)
        --config.cache.variants;
    m_time = planTime(cut, m_dataset.countOf(data::Split::Train), m_dataset.countOf(data::Split::Validation),
                      config.cache.variants, secondsLeft() - config.cache.variants * images);
    const auto set = [&](const char* key, settings::Value value) {
        settings::find(key)->field.set(config, std::move(value));
    };
    if (m_time.epochs == 0) {
        config.epochs = m_headEpochs;
        set("optimizer.kind", std::string(isSolved ? "lbfgs" : "adamw"));
        if (!isSolved) set("optimizer.learning_rate", 1e-3);
        return {};
    }
    config.epochs = m_headEpochs + m_time.epochs;
    set("optimizer.kind", std::string("adamw"));
    set("optimizer.learning_rate", 1e-3);
    set("optimizer.weight_decay", kDecay);
    set("schedule.kind", std::string("cosine"));
    set("phases.kind", std::string("own"));
    set("phases.list", fmt::format("{} all {}; rest from {} {}", m_headEpochs,
                                   isSolved ? "optimizer=lbfgs" : "", cut.trainFrom, kFineTuning));
    config.earlyStopEpochs = m_headEpochs + kPatience;
    return {};
}

Result<training::TrainReport> Automatic::train() {
    runtime::RunControl own;  // the time may stop it too
    double epochBegan = secondsGone();
    const auto relay = [&](const training::TrainEvent& event) {
        m_observer(event);
        const auto paused = [&](bool rests) {
            m_observer(rests ? training::TrainEvent(training::Paused{})
                             : training::TrainEvent(training::Resumed{}));
        };
        if (!m_control.checkpoint(paused)) own.stop();
        const auto* epoch = std::get_if<training::EpochDone>(&event);
        if (epoch == nullptr) return;
        const double seconds = secondsGone() - std::exchange(epochBegan, secondsGone());
        const bool isLast = epoch->epoch == m_report.config.epochs;
        if (isLast || epoch->epoch <= m_headEpochs || seconds <= secondsLeft()) return;
        m_report.timeIsOver = true;
        own.stop();
    };
    return training::train(m_report.config, m_dataset, relay, own);
}

Message Automatic::outcome() const {
    const training::TrainReport& run = m_report.run;
    const auto accuracyOf = [&](int epoch) {
        return run.epochs.at(static_cast<std::size_t>(epoch - 1)).valAccuracy;
    };
    const int done = static_cast<int>(run.epochs.size());
    if (done == 0) return GRAFT_TEXT("It was stopped before an epoch ended.");
    const std::size_t images = m_dataset.countOf(data::Split::Validation);
    if (done <= m_headEpochs) {
        return {m_time.epochs == 0
                    ? GRAFT_TEXT("The head alone was trained, as there was no time for fine-tuning: {1} of "
                                 "{2} validation "
                                 "images are right.")
                    : GRAFT_TEXT("It was stopped behind the head: {1} of {2} validation images are right."),
                percent(run.valAccuracy), images};
    }
    double head = 0;
    for (int epoch = 1; epoch <= m_headEpochs; ++epoch)
        head = std::max(head, accuracyOf(epoch));
    if (run.bestEpoch <= m_headEpochs) {
        return {GRAFT_TEXT(
                    "The head alone gave {1} of {2} validation images right; fine-tuning from {3} on for {4} "
                    "epochs made it no better, so that the head's model is kept."),
                percent(head), images, m_stage, done - m_headEpochs};
    }
    return {GRAFT_TEXT("The head alone gave {1} of {2} validation images right; fine-tuning from {3} on for "
                       "{4} epochs gave "
                       "{5}, whose model is kept."),
            percent(head),
            images,
            m_stage,
            done - m_headEpochs,
            percent(run.valAccuracy)};
}

Result<AutoReport> Automatic::run() {
    if (const auto good = check(); !good) return fail(good.error());
    CompareConfig compare = m_config.compare;
    compare.minutes = kToCompare * m_config.minutes;
    compare.depthsOf = std::max(compare.depthsOf, 1);
    auto comparison = compareBackbones(
        compare, m_dataset, [this](const CompareEvent& event) { m_observer(event); }, m_control);
    if (!comparison) return fail(comparison.error());
    if (comparison->stopped)
        return fail(ErrorCode::Cancelled, GRAFT_TEXT("It was stopped before the training began."));
    m_report.comparison = std::move(*comparison);

    const auto backbone = chooseBackbone(m_report.comparison);
    if (!backbone) return fail(backbone.error());
    decide(AutoDecided::What::Backbone, backbone->why);
    const HeadChoice head = chooseHead(m_report.comparison, *backbone->whole);
    decide(AutoDecided::What::Head, head.why);
    if (const auto chosen = chooseAugmentation(backbone->whole->entrant); !chosen)
        return fail(chosen.error());
    auto config = configOf(backbone->whole->entrant, head);
    if (!config) return fail(config.error());
    m_report.config = std::move(*config);
    if (const auto planned = plan(*backbone->whole); !planned) return fail(planned.error());

    auto trained = train();
    if (!trained) return fail(trained.error());
    m_report.run = std::move(*trained);
    m_report.stopped = m_control.isStopRequested();
    decide(AutoDecided::What::FineTuning, outcome());
    return std::move(m_report);
}

}  // namespace

Result<AutoReport> trainAuto(const AutoConfig& config, const data::DatasetIndex& dataset,
                             const AutoObserver& observer, runtime::RunControl& control) {
    return base::guardTorch([&] { return Automatic(config, dataset, observer, control).run(); });
}

}  // namespace graft::comparing
