// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/training/torch/TrainingLoop.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "core/backbones/torch/RandomSource.h"
#include "core/runtime/torch/TorchDevice.h"
#include "core/settings/HeadSolving.h"
#include "core/training/detail/StepPlan.h"

namespace graft::training {

namespace {

constexpr auto kCheckpointInterval = std::chrono::seconds(60);
// How often a GPU is asked for the loss.
constexpr auto kReadInterval = std::chrono::milliseconds(100);

}  // namespace

double TrainingLoop::secondsSince(Clock::time_point start) {
    return std::chrono::duration<double>(Clock::now() - start).count();
}

TrainingLoop::TrainingLoop(const settings::TrainConfig& config, const data::DatasetIndex& dataset,
                           const TrainObserver& observer, runtime::RunControl& control)
    : m_config(config), m_images(dataset), m_shown(dataset), m_observer(observer), m_control(control) {}

void TrainingLoop::tellNotices() {
    const auto log = [this](const std::string& line) { m_recorder->log(line); };
    const auto person = [this](const Message& notice) { m_observer(Notice{notice}); };
    for (const Message& notice : m_notices) {
        log(notice.english());
        person(notice);
    }
    m_images.tell({log, person});
}

void TrainingLoop::noteFailure(const Error& error) const {
    if (m_recorder) m_recorder->noteFailure(error);
}

Result<TrainReport> TrainingLoop::run() {
    m_recorder->forgetFailure();
    m_recorder->describe(m_config, m_images.dataset().classes, settings::frozenThroughout(m_phases));
    // Where the network is: dropout draws there.
    m_random = backbones::makeGenerator(runtime::torchDevice(m_device.device), m_config.seed);
    const backbones::DrawFrom ownNumbers(m_random);
    m_observer(RunStarted{m_config.runFolder, m_device.device.name.english(), m_config.epochs,
                          m_progress.epoch, m_images.training().size(), m_images.validation().size(),
                          m_images.dataset().leftOutCount(), m_batchesPerEpoch, m_weightNotes,
                          m_images.dataset().classes, m_config.stopping});
    for (const Message& note : m_weightNotes)
        m_recorder->log(note.english());
    tellNotices();
    bool completed = true;
    Message why;
    while (m_progress.epoch <= m_config.epochs && !shouldStopEarly()) {
        if (const auto begun = beginPhase(); !begun) return fail(begun.error());
        m_timeTaken = Clock::now();
        auto flow = settings::solvesHead(m_phase->config) ? solveEpoch() : trainEpoch();
        if (flow && *flow == Flow::Continue) flow = validateEpoch();
        if (!flow) {
            // What the epochs before have given is worth keeping; the error that ended the run is the one
            // told.
            keepRemembered();
            return fail(flow.error());
        }
        if (*flow == Flow::Stop) {
            if (const auto saved = checkpoint(); !saved) return fail(saved.error());
            completed = false;
            break;
        }
    }
    if (completed) {
        if (shouldStopEarly() && m_progress.epoch <= m_config.epochs) {
            why = Message(m_config.earlyStopEpochs == 1
                              ? GRAFT_TEXT("Stopped early: the last epoch was no better.")
                              : GRAFT_TEXT("Stopped early: no better epoch for {1} epochs."),
                          m_config.earlyStopEpochs);
        }
        if (const auto saved = checkpoint(); !saved) return fail(saved.error());
        if (const auto marked = m_recorder->markCompleted(); !marked) return fail(marked.error());
    }
    m_recorder->log(completed ? "completed. " + why.english()
                              : "stopped; resume goes on from the checkpoint");
    m_observer(RunEnded{completed ? RunEnded::Outcome::Completed : RunEnded::Outcome::Stopped, why});

    TrainReport report;
    report.runFolder = m_config.runFolder;
    report.completed = completed;
    report.seconds = secondsSince(m_runStart);
    if (const EpochDone* best = bestOf(m_progress.history)) {
        report.bestEpoch = best->epoch;
        report.valAccuracy = best->valAccuracy;
    }
    report.epochs = m_progress.history;
    report.stopping = m_config.stopping;
    report.leftOut = m_images.dataset().leftOutCount();
    return report;
}

void TrainingLoop::enterPhase() {
    const std::size_t number = settings::phaseAt(m_phases, m_progress.epoch);
    m_phase.reset();  // it trains what may be frozen now
    m_network->freeze(m_phases[number].freeze);
    m_phase = std::make_unique<RunPhase>(m_config, m_phases[number], number, *m_network, m_images, m_device,
                                         *m_loss, m_progress, m_batchesPerEpoch);
}

Result<void> TrainingLoop::beginPhase() {
    if (m_phase->begun) return {};
    m_phase->begun = true;
    const settings::Phase& phase = m_phases[m_phase->number];
    if (m_phases.size() > 1) {
        const int last = phase.firstEpoch + phase.epochs - 1;
        m_recorder->log(fmt::format("phase {} ({}): epochs {} to {}", m_phase->number + 1, phase.name,
                                    phase.firstEpoch, last));
        m_observer(PhaseStarted{m_phase->number + 1, m_phases.size(), phase.name, phase.firstEpoch, last});
    }
    std::optional<FeatureDecision> decided;
    if (m_phase->number < m_decisions.features.size()) decided = m_decisions.features[m_phase->number];
    PhaseBatches& batches = m_phase->batches;
    if (auto started =
            batches.start(*m_network, m_validation, runtime::torchDevice(m_device.device), decided);
        !started) {
        if (started.error().path.empty()) started.error().path = m_recorder->paths().decisions;
        return started;
    }
    m_phase->trainer.begin(m_random, batches.unitsDone());
    const Message message = batches.message();
    if (!message.empty()) m_recorder->log(message.english());
    m_observer(CacheState{batches.keeps(), message, batches.bytes()});
    m_phase->estimate =
        Estimate({phase.epochs, m_batchesPerEpoch, m_validation.batches(), batches.fillingEpochs(),
                  m_phases.back().firstEpoch + m_phases.back().epochs - phase.firstEpoch - phase.epochs});
    m_progress.decided = true;
    if (decided) return {};
    m_decisions.features.push_back(batches.decision());
    return m_recorder->checkPlace().and_then(
        [this] { return writeDecisions(m_recorder->paths(), m_decisions); });
}

void TrainingLoop::tellCacheFailure() {
    const Message failure = m_phase->batches.takeFailure();
    if (failure.empty()) return;
    const Message message(GRAFT_TEXT("{1} The training goes on without it."), failure);
    m_recorder->log(message.english());
    m_observer(CacheState{true, message, m_phase->batches.bytes()});
}

Result<TrainingLoop::Flow> TrainingLoop::trainEpoch() {
    const std::vector<FeatureJob> jobs = m_phase->batches.jobs(m_progress.epoch);
    const StepPlan steps(
        data::BatchLoader::batchEnds(jobs.size(), static_cast<std::size_t>(m_config.batchSize)),
        static_cast<std::size_t>(m_config.accumulate));
    const std::vector<data::Sample>& samples = m_images.dataset().samples;
    ImageLoss loss = m_images.trainingLoss();
    for (const std::size_t sample : m_progress.lost) {  // before the stop
        if (loss.isThere(sample)) loss.add(sample, m_images.dataset().absolutePath(samples[sample]));
    }
    const auto next = m_phase->batches.batches(jobs, m_progress.batchesDone);

    m_network->train(true);
    double secondsNow = 0;  // of this epoch, in this call
    std::size_t imagesNow = 0;
    while (m_progress.batchesDone < m_batchesPerEpoch) {
        // Half a step cannot be kept: a stop waits for the rest of its batches.
        const bool beginsStep = steps.begins(m_progress.batchesDone);
        if (!goesOn() && beginsStep) return Flow::Stop;
        const auto start = Clock::now();
        const auto batch = next();
        if (const auto error = m_phase->batches.error()) return fail(*error);
        if (!batch) break;
        tellCacheFailure();
        noteUnread(*batch, jobs, loss);
        if (loss.isTooMuch()) {
            // The checkpoint of a moment at which nothing was missing yet, if there can be one.
            const bool whole = beginsStep && m_progress.lost.empty();
            if (!whole) keepRemembered();
            if (const auto kept = whole ? checkpoint() : Result<void>(); !kept)
                m_recorder->log(kept.error().sentence());
            return lostTooMuch(loss, data::Split::Train, m_images.dataset().root, kPutBack);
        }
        for (const data::Unreadable& image : batch->unreadable) {
            const std::size_t sample = jobs[image.job].sample;
            if (std::ranges::find(m_progress.lost, sample) == m_progress.lost.end())
                m_progress.lost.push_back(sample);
        }
        for (const data::Replaced& other : batch->replaced)
            m_images.noteReplaced(jobs[other.job].sample, other.sha256, data::Split::Train);
        const auto stepStart = Clock::now();
        if (beginsStep) m_phase->trainer.beginStep();
        if (!batch->jobs.empty()) {
            const double share = steps.share(m_progress.batchesDone, batch->jobs.size());
            m_phase->trainer.add(*batch, share, loadsOf(*batch, jobs));
        }
        const bool endsStep = steps.ends(m_progress.batchesDone);
        ++m_progress.batchesDone;
        if (endsStep) m_phase->trainer.finishStep();
        if (!m_device.device.isCuda() || m_progress.batchesDone == m_batchesPerEpoch ||
            Clock::now() - m_lastRead > kReadInterval) {
            m_lastRead = Clock::now();
            if (const auto read = m_phase->trainer.readSums(); !read) return fail(read.error());
        }
        const double seconds = secondsSince(start);
        secondsNow += seconds;
        m_progress.trainSeconds += seconds;
        m_phase->estimate.trained(m_phase->epochInPhase(m_progress.epoch), seconds, secondsSince(stepStart));

        const auto seen = static_cast<double>(std::max<std::size_t>(1, m_progress.images));
        imagesNow += batch->jobs.size();
        m_observer(BatchDone{
            m_progress.epoch, false, m_progress.batchesDone, m_batchesPerEpoch, m_progress.lossSum / seen,
            static_cast<double>(m_progress.correct) / seen, static_cast<double>(imagesNow) / secondsNow,
            m_phase->estimate.secondsLeft(m_phase->epochInPhase(m_progress.epoch), m_progress.batchesDone)});
        if (endsStep && Clock::now() - m_lastCheckpoint > kCheckpointInterval) {
            if (const auto saved = checkpoint(); !saved) return fail(saved.error());
        }
    }
    return Flow::Continue;
}

void TrainingLoop::noteUnread(const data::Batch& batch, const std::vector<FeatureJob>& jobs,
                              ImageLoss& loss) {
    for (const data::Unreadable& image : batch.unreadable) {
        const FeatureJob& job = jobs[image.job];  // an epoch may show an image several times
        if (!loss.isThere(job.sample)) continue;
        m_images.noteLost(loss, job.sample, job.load.path, image.why, data::Split::Train, m_progress.epoch);
    }
}

std::vector<data::LoadJob> TrainingLoop::loadsOf(const data::Batch& batch,
                                                 const std::vector<FeatureJob>& jobs) {
    std::vector<data::LoadJob> loads;
    for (const std::size_t job : batch.jobs)
        loads.push_back(jobs[job].load);
    return loads;
}

Result<TrainingLoop::Flow> TrainingLoop::validateEpoch() {
    m_network->train(false);
    const auto start = Clock::now();
    auto lastBatch = start;
    const auto progress = [&](std::size_t batch, std::size_t images, double loss, double accuracy) {
        m_phase->estimate.validated(m_phase->epochInPhase(m_progress.epoch), secondsSince(lastBatch));
        m_observer(BatchDone{m_progress.epoch, true, batch, m_validation.batches(), loss, accuracy,
                             static_cast<double>(images) / secondsSince(start),
                             m_phase->estimate.secondsLeft(m_phase->epochInPhase(m_progress.epoch),
                                                           m_batchesPerEpoch, batch)});
        const bool goes = goesOn();
        lastBatch = Clock::now();  // a pause is not a batch's
        return goes;
    };
    std::vector<int> labels;
    for (const data::LoadJob& image : m_validation.images())
        labels.push_back(image.label);
    ImageLoss loss(std::move(labels));
    std::vector<evaluation::Unscored> unread;
    auto model = m_phase->trainer.showModel();
    auto evaluation = m_validation.score(
        // In float32, as the finished model will be asked.
        [this](const at::Tensor& input) { return m_phase->trainer.answer(input); },
        m_phase->batches.features(), m_phase->batches.memory(), progress,
        [&](std::size_t image, const Error& why) {
            m_images.noteLost(loss, image, m_validation.images()[image].path, why, data::Split::Validation,
                              m_progress.epoch);
            const std::size_t sample = m_images.validation()[image];
            unread.push_back({m_images.dataset().samples[sample].path, "unreadable_image", why.message});
            return !loss.isTooMuch();
        },
        [&](std::size_t image, const std::string& sha256) {
            m_images.noteReplaced(m_images.validation()[image], sha256, data::Split::Validation);
        });
    model.reset();
    if (const auto error = m_phase->batches.error()) return fail(*error);
    if (loss.isTooMuch()) {
        if (const auto kept = checkpoint(); !kept) m_recorder->log(kept.error().sentence());
        return lostTooMuch(loss, data::Split::Validation, m_images.dataset().root, kPutBack);
    }
    if (!evaluation) return Flow::Stop;
    // Batch norm in training may keep the loss of a broken network finite; JSON has no number for this one.
    if (const auto finite = m_phase->trainer.requireFinite(evaluation->loss, GRAFT_TEXT("validation loss"),
                                                           m_validation.images());
        !finite)
        return fail(finite.error());
    evaluation->unscored = std::move(unread);
    if (const auto finished = finishEpoch(std::move(*evaluation)); !finished) return fail(finished.error());
    return Flow::Continue;
}

Result<void> TrainingLoop::checkpoint() {
    if (const auto read = m_phase->trainer.readSums(); !read) return read;
    // Between two epochs none is running.
    if (m_progress.batchesDone > 0) takeTime();
    if (const auto finite = m_phase->trainer.requireFiniteWeights(); !finite) return finite;
    if (const auto written = writeChangedList(); !written) return written;
    const auto saved = m_recorder->save(*m_network, m_phase->trainer, m_progress);
    m_lastCheckpoint = Clock::now();
    if (saved) m_observer(CheckpointSaved{m_recorder->paths().checkpoint});
    return saved;
}

// The last state that can be gone on from, where this one cannot.
void TrainingLoop::keepRemembered() {
    const auto kept = writeChangedList().and_then([this] { return m_recorder->saveRemembered(*m_network); });
    if (!kept) m_recorder->log(kept.error().sentence());
}

Result<void> TrainingLoop::writeList() {
    return writePlan(m_recorder->paths(), m_config, m_images.list(), m_decisions.run);
}

// What was learnt has to be known as such before a model can be there that has learnt it.
Result<void> TrainingLoop::writeChangedList() {
    if (!m_images.isListChanged()) return {};
    return m_recorder->checkPlace().and_then([this] { return writeList(); }).map([this] {
        m_images.listIsWritten();
    });
}

bool TrainingLoop::goesOn() {
    bool rested = false;
    const bool goes = m_control.checkpoint([&](bool paused) {
        if (paused) {
            rested = true;
            takeTime();
            m_observer(Paused{});
        } else {
            m_observer(Resumed{});
        }
    });
    if (rested) m_timeTaken = Clock::now();  // a pause is no part of the epoch, however it ends
    return goes;
}

void TrainingLoop::takeTime() {
    const auto now = Clock::now();
    m_progress.epochSeconds += std::chrono::duration<double>(now - m_timeTaken).count();
    m_timeTaken = now;
}

}  // namespace graft::training
