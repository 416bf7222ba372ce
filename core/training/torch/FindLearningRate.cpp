// SPDX-License-Identifier: GPL-3.0-or-later
// A TrainingLoop that is no run: its first phase's batches, epoch after epoch, at the rates of a sweep.
#include "core/training/FindLearningRate.h"

#include "core/backbones/ModelSummary.h"
#include "core/backbones/torch/RandomSource.h"
#include "core/base/torch/TorchErrors.h"
#include "core/data/FolderScanner.h"
#include "core/runtime/torch/TorchDevice.h"
#include "core/settings/Settings.h"
#include "core/training/detail/StepPlan.h"
#include "core/training/torch/TrainingLoop.h"

namespace graft::training {

namespace {

Result<void> checkFillsStep(const settings::TrainConfig& phase, std::size_t images) {
    const auto needed =
        static_cast<std::size_t>(phase.batchSize) * static_cast<std::size_t>(phase.accumulate);
    if (images >= needed) return {};
    return fail({ErrorCode::InvalidArgument,
                 {GRAFT_TEXT("A step takes {1} training images and there are {2}: too few to find a learning "
                             "rate. Lower the batch size (--batch-size) or the batches for each step "
                             "(--accumulate), or add images."),
                  needed, images},
                 "",
                 "batch_size"});
}

}  // namespace

Result<void> TrainingLoop::beginSweep() {
    if (const auto fills = checkFillsStep(m_config, m_images.training().size()); !fills) return fills;
    if (const auto loaded = loadWeights(); !loaded) return loaded;
    for (const auto& note : m_weightNotes)
        m_observer(Notice{note});
    m_images.tell({[](const auto&) {}, [this](const auto& notice) { m_observer(Notice{notice}); }});
    toDevice();
    m_phase->config.schedule = {};  // constant from the first step on: the sweep is the schedule
    PhaseBatches& batches = m_phase->batches;
    const c10::Device device = runtime::torchDevice(m_device.device);
    if (const auto started = batches.start(*m_network, m_validation, device, std::nullopt); !started)
        return started;
    m_random = backbones::makeGenerator(device, m_config.seed);
    m_phase->trainer.begin(m_random, batches.unitsDone());
    m_observer(CacheState{batches.keeps(), batches.message(), batches.bytes()});
    return {};
}

Result<FoundRate> TrainingLoop::sweep(const RateSweep& rates, const RateObserver& observer) {
    if (const auto begun = beginSweep(); !begun) return fail(begun.error());
    const backbones::DrawFrom ownNumbers(m_random);
    LearningRateFinder finder(rates);
    ImageLoss lost = m_images.trainingLoss();
    FoundRate found;
    while (finder.nextRate() && !found.stopped) {
        const auto flow = sweepEpoch(finder, lost, [&] {
            observer(RateStep{finder.curve().size(), rates.count, finder.curve().back()});
        });
        if (!flow) return fail(flow.error());
        found.stopped = *flow == Flow::Stop;
        ++m_progress.epoch;
        m_progress.batchesDone = 0;
    }
    found.curve = finder.curve();
    found.valley = finder.valley();
    found.steepest = finder.steepest();
    found.diverged = finder.hasDiverged();
    return found;
}

Result<TrainingLoop::Flow> TrainingLoop::sweepEpoch(LearningRateFinder& finder, ImageLoss& lost,
                                                    const std::function<void()>& tell) {
    PhaseBatches& batches = m_phase->batches;
    PhaseTrainer& trainer = m_phase->trainer;
    const std::vector<FeatureJob> jobs = batches.jobs(m_progress.epoch);
    const StepPlan steps(
        data::BatchLoader::batchEnds(jobs.size(), static_cast<std::size_t>(m_config.batchSize)),
        static_cast<std::size_t>(m_config.accumulate));
    const auto next = batches.batches(jobs, 0);
    m_network->train(true);
    for (; m_progress.batchesDone < m_batchesPerEpoch; ++m_progress.batchesDone) {
        const std::size_t number = m_progress.batchesDone;
        if (!goesOn()) return Flow::Stop;
        if (steps.begins(number)) {
            const auto rate = finder.nextRate();
            if (!rate) return Flow::Continue;
            m_phase->config.optimizer.learningRate = *rate;
            trainer.beginStep();
        }
        const auto batch = next();
        if (const auto error = batches.error()) return fail(*error);
        if (!batch) break;
        if (const auto failure = batches.takeFailure(); !failure.empty())
            m_observer(CacheState{true, failure, batches.bytes()});
        noteUnread(*batch, jobs, lost);
        if (lost.isTooMuch()) {
            return lostTooMuch(lost, data::Split::Train, m_images.dataset().root,
                               GRAFT_TEXT("Put them back, or choose their folder again."));
        }
        if (!batch->jobs.empty())
            trainer.add(*batch, steps.share(number, batch->jobs.size()), loadsOf(*batch, jobs));
        if (!steps.ends(number)) continue;
        const std::size_t points = finder.curve().size();
        if (const std::optional<double> loss = trainer.takeLoss()) {  // else none of its images is left
            finder.add(*loss);
            if (finder.curve().size() > points) tell();
            // Before anything has moved no learning rate is too high: something else is wrong.
            const auto finite = points > 0
                                    ? Result<void>()
                                    : trainer.requireFinite(*loss, GRAFT_TEXT("loss"), loadsOf(*batch, jobs));
            if (!finite) return fail(finite.error());
        }
        trainer.finishStep();
    }
    return Flow::Continue;
}

Result<FoundRate> findLearningRate(const settings::TrainConfig& config, const data::DatasetIndex& dataset,
                                   const RateObserver& observer, runtime::RunControl& control,
                                   const RateSweep& sweep) {
    return base::guardTorch([&]() -> Result<FoundRate> {
        if (const auto valid = settings::validate(config); !valid) return fail(valid.error());
        const auto units = backbones::listUnits(config.backbone);
        if (!units) return fail(units.error());
        if (const auto has = checkHasRate(config, *units); !has) return fail(has.error());
        if (const auto trainable = data::checkTrainable(dataset); !trainable) return fail(trainable.error());
        const TrainObserver others = [&observer](const TrainEvent& event) {
            if (const auto* cache = std::get_if<CacheState>(&event)) observer(*cache);
            if (const auto* notice = std::get_if<Notice>(&event)) observer(*notice);
        };
        TrainingLoop loop(config, dataset, others, control);
        if (const auto ready = loop.prepare(); !ready) return fail(ready.error());
        return loop.sweep(sweep, observer);
    });
}

}  // namespace graft::training
