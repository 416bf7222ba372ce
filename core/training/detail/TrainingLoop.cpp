// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/training/detail/TrainingLoop.h"
#include "core/training/detail/TrainedOn.h"

#include <fmt/format.h>
#include <torch/utils.h>
#include <torch/version.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>
#include <utility>

#include "core/backbones/detail/RandomSource.h"
#include "core/base/Seed.h"
#include "core/base/detail/Hash.h"
#include "core/data/FolderScanner.h"
#include "core/runtime/ThreadBudget.h"
#include "core/runtime/detail/Autocast.h"
#include "core/runtime/detail/CpuArithmetic.h"
#include "core/runtime/detail/TorchDevice.h"
#include "core/training/detail/BatchOfOne.h"
#include "core/training/detail/DataPlace.h"
#include "core/training/detail/HeadOpening.h"
#include "core/training/detail/NotFinite.h"
#include "core/training/detail/Optimizers.h"
#include "core/training/detail/RunCommit.h"
#include "core/training/detail/RunDevice.h"
#include "core/training/detail/Schedules.h"
#include "core/training/detail/StartingWeights.h"
#include "core/weights/WeightFile.h"
#include "core/weights/detail/TensorBridge.h"

namespace graft::training {

namespace {

// Purposes of derived seeds; the numbers keep the streams apart.
enum SeedPurpose : std::uint64_t { kInitialWeights = 1, kShuffle = 2, kAugment = 3, kDropout = 4 };

constexpr auto kCheckpointInterval = std::chrono::seconds(60);
// Epochs on cached features take milliseconds: not each of them is worth a synced file.
constexpr auto kEpochCheckpointInterval = std::chrono::seconds(2);
constexpr std::size_t kPrecisionExamples = 8;
// How often a GPU is asked for the loss.
constexpr auto kReadInterval = std::chrono::milliseconds(100);

// For decoded pictures that the next epoch needs again.
std::size_t bytesForImages() {
    constexpr std::size_t kMost = 256U << 20;
    const long pages = sysconf(_SC_AVPHYS_PAGES);
    const long pageBytes = sysconf(_SC_PAGESIZE);
    if (pages <= 0 || pageBytes <= 0) return 0;
    return std::min(kMost, static_cast<std::size_t>(pages) * static_cast<std::size_t>(pageBytes) / 8);
}

// A person reads so many names in an epoch; log.txt has them all.
constexpr std::size_t kNamedLosses = 10;
constexpr const char* kPutBack =
    "The run has stopped and nothing that it learnt is lost: put them back and continue it. If their folder "
    "has moved, choose it on the Data page first, or give it to graft-cli resume with --data FOLDER.";
constexpr const char* kReadAgain = "Read the folder again before you train on it.";

double secondsSince(std::chrono::steady_clock::time_point start) {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

}  // namespace

TrainingLoop::TrainingLoop(const TrainConfig& config, const data::DatasetIndex& dataset,
                           const TrainObserver& observer, runtime::RunControl& control)
    : m_config(config), m_dataset(dataset), m_observer(observer), m_control(control) {}

Result<void> TrainingLoop::prepare(const Past* past) {
    m_runStart = Clock::now();
    m_lastCheckpoint = m_runStart;
    m_decided = past != nullptr && past->decided;
    settleRunOf(m_config.weightsFile);  // another run's model may still wait for its place, after a kill
    if (m_decided) m_decisions = *past->decided;
    const auto chosen = runDevice(m_config, m_decided ? past->decided : std::nullopt);
    if (!chosen) return fail(chosen.error());
    m_device = chosen->device;
    m_mixedType = chosen->mixedType;
    const int threads = runtime::setComputeThreads(m_decided ? m_decisions.threads : m_config.threads);
    if (!m_decided) {
        m_decisions.device = m_device.isCuda() ? "cuda" : "cpu";
        m_decisions.threads = threads;
        m_decisions.libtorch = TORCH_VERSION;
        m_decisions.graft = GRAFT_VERSION;
        m_decisions.processor = processorName();
        m_decisions.settings = settingsThatCount(m_config);
        m_decisions.listSha256 = hashOfList(m_dataset);
    } else {
        noteOtherMachine();
    }

    // Drawn on the CPU, whatever the device.
    m_random = backbones::makeGenerator(c10::kCPU, base::deriveSeed(m_config.seed, kInitialWeights));
    const backbones::DrawFrom ownNumbers(m_random);
    using Weights = backbones::Network::BackboneWeights;
    auto network = backbones::Network::create(
        m_config.backbone, static_cast<int>(m_dataset.classes.size()), m_config.head,
        m_config.weightsFile.empty() ? Weights::Random : Weights::Unset);
    if (!network) return fail(network.error());
    m_network = std::make_unique<backbones::Network>(std::move(*network));
    if (const auto fits = m_network->checkInput(m_config.preprocess.cropSize); !fits) return fits;
    for (const std::string& name : m_config.freeze.frozenUnits) {
        if (std::ranges::find(m_network->units(), name, &backbones::Unit::name) == m_network->units().end()) {
            return fail(ErrorCode::InvalidArgument,
                        fmt::format("There is no unit \"{}\" in {} to freeze.", name, m_config.backbone));
        }
    }

    const bool isKnown = past != nullptr && past->images;
    auto images = isKnown ? Result<DataState>(*past->images)
                          : lookForImages(m_dataset, past != nullptr ? kPutBack : kReadAgain);
    if (!images) return fail(images.error());
    // The cache, and whoever scores the run's model, know an image by its content, which may have changed
    // since the folder was read.
    auto content = checkContent(past != nullptr);
    if (!content) return fail(content.error());
    if (!isKnown) images->changed = std::move(*content);
    if (past != nullptr && !isKnown) {
        if (const auto same = requireUnchanged(m_dataset, *images); !same) return fail(same.error());
    }
    m_images = std::move(*images);
    m_trainIndices = m_dataset.indicesOf(data::Split::Train);
    if (m_trainIndices.empty() || m_dataset.countOf(data::Split::Validation) == 0) {
        return fail(
            ErrorCode::BadFormat,
            "The run's dataset.json names no image to train on, or none to validate on: it was edited. "
            "Start the run anew.",
            m_config.runFolder);
    }
    if (const auto large = checkSmallestBatch(*m_network, m_config, m_trainIndices.size()); !large)
        return large;
    m_batchesPerEpoch =
        data::BatchLoader::batchCount(m_trainIndices.size(), static_cast<std::size_t>(m_config.batchSize));
    m_validation =
        Validation({m_dataset.classes, m_config.preprocess, static_cast<std::size_t>(m_config.batchSize),
                    m_decisions.threads, m_config.loaderThreads, runtime::torchDevice(m_device)});
    m_validationIndices = m_dataset.indicesOf(data::Split::Validation);
    noteLearntByRun();
    for (const std::size_t index : m_validationIndices) {
        const data::Sample& sample = m_dataset.samples[index];
        m_validation.add({m_dataset.absolutePath(sample), sample.classIndex, 0, sample.sha256}, sample.path,
                         FeatureSource::exactKey(sample.sha256));
    }
    return {};
}

std::string TrainingLoop::processorName() const {
    return m_device.isCuda() ? m_device.name : runtime::calculatorName();
}

void TrainingLoop::noteOtherMachine() {
    const auto note = [this](const char* what, const std::string& before, const std::string& now) {
        if (before.empty() || before == now) return;
        m_notices.push_back(fmt::format(
            "The run was begun with {} {} and goes on with {}: the last digits of its numbers may "
            "differ.",
            what, before, now));
    };
    note("Graft", m_decisions.graft, GRAFT_VERSION);
    note("LibTorch", m_decisions.libtorch, TORCH_VERSION);
    note("the processor", m_decisions.processor, processorName());
}

Result<std::vector<std::string>> TrainingLoop::checkContent(bool goesOn) {
    const auto changes = data::updateHashes(m_dataset, &m_control);
    // Who resumes and stops at once gets a run that was stopped.
    if (!changes && goesOn && changes.error().code == ErrorCode::Cancelled) return std::vector<std::string>();
    if (!changes) return fail(changes.error());
    std::vector<std::string> changed;
    for (const data::HashChange& change : changes->changed) {
        data::Sample& sample = m_dataset.samples[change.sample];
        changed.push_back(sample.path);
        // The epochs before have learnt it.
        if (goesOn) m_listChanged = sample.learnt(change.before) || m_listChanged;
    }
    for (const data::HashChange& change : changes->unreadable)
        m_unreadable[change.sample] = change.before;
    return changed;
}

// As the run keeps it: an image that could not be read when it was looked for is what it was before.
data::DatasetIndex TrainingLoop::list() const {
    data::DatasetIndex list = m_dataset;
    for (const auto& [index, sha256] : m_unreadable)
        list.samples[index].sha256 = sha256;
    return list;
}

Result<void> TrainingLoop::loadWeights() {
    if (m_config.weightsFile.empty()) return {};
    auto notes = loadStartingWeights(*m_network, m_config, m_dataset.classes);
    if (!notes) return fail(notes.error());
    m_weightNotes = std::move(*notes);
    return noteSeenBefore();
}

// Where pictures have changed places since the folder was read, some are validated on that the run has learnt
// or is to learn. The scan leaves no such pair.
void TrainingLoop::noteLearntByRun() {
    std::set<std::string> learnt;
    for (const std::size_t index : m_trainIndices) {
        const data::Sample& sample = m_dataset.samples[index];
        learnt.insert(sample.sha256);
        learnt.insert(sample.otherSha256.begin(), sample.otherSha256.end());
    }
    for (const std::size_t index : m_validationIndices) {
        const data::Sample& sample = m_dataset.samples[index];
        if (learnt.contains(sample.sha256)) m_learntBefore.insert(sample.path);
    }
    if (m_learntBefore.empty()) return;
    m_notices.push_back(fmt::format(
        "{} of the {} validation images hold pictures now that the run is trained on: the figures "
        "are better than they will be on new images. Put the files back as they were.",
        m_learntBefore.size(), m_validationIndices.size()));
}

// A run that goes on from another's model may validate on what that one has learned.
Result<void> TrainingLoop::noteSeenBefore() {
    if (!m_decisions.learntBefore) {  // a new run, or one that an older version has begun
        auto learnt = learntByWeights(m_config.weightsFile);
        if (!learnt) return fail(learnt.error());
        m_decisions.learntBefore = std::move(*learnt);
    }
    const Learnt& before = *m_decisions.learntBefore;
    if (!before.unknown.empty()) {
        m_notices.push_back(
            fmt::format("Nothing says which images {} was trained on: where validation images are among "
                        "them, the figures are "
                        "better than they will be on new images. Begin from the run's folder, which says it.",
                        before.unknown.front()));
    }
    std::size_t seen = 0;
    for (const std::size_t index : m_validationIndices) {
        const data::Sample& sample = m_dataset.samples[index];
        if (!before.sha256.contains(sample.sha256)) continue;
        m_learntBefore.insert(sample.path);
        ++seen;
    }
    if (seen == 0) return {};
    m_notices.push_back(fmt::format(
        "{} of the {} validation images are among those that the weights were trained on: the "
        "figures are better than they will be on new images. Keep the split of that run (its seed "
        "and folder), or begin from other weights.",
        seen, m_validationIndices.size()));
    return {};
}

Result<void> TrainingLoop::startRun() {
    if (const auto loaded = loadWeights(); !loaded) return loaded;
    if (!m_config.weightsFile.empty()) {
        const auto hash = startingHash(m_config, std::nullopt);
        if (!hash) return fail(hash.error());
        m_decisions.weightsSha256 = *hash;
    }
    auto recorder = RunRecorder::create(m_config.runFolder);
    if (!recorder) return fail(recorder.error());
    m_recorder.emplace(std::move(*recorder));
    if (const auto written = writePlan(m_recorder->paths(), m_config, list()); !written) return written;
    m_recorder->log(fmt::format("started: {} on {}, {} training and {} validation images, {} left out",
                                m_config.backbone, m_device.name, m_trainIndices.size(),
                                m_validation.images().size(), m_dataset.leftOutCount()));
    for (const data::Problem& problem : m_dataset.problems)
        m_recorder->log(fmt::format("{}: {}", problem.path, problem.message));
    return begin();
}

Result<void> TrainingLoop::beginAgain(RunRecorder recorder) {
    m_recorder.emplace(std::move(recorder));
    if (!m_config.weightsFile.empty()) {
        const auto hash = startingHash(m_config, m_decided ? std::optional(m_decisions) : std::nullopt);
        if (!hash) return fail(hash.error());
        m_decisions.weightsSha256 = *hash;
    }
    if (const auto loaded = loadWeights(); !loaded) return loaded;
    m_recorder->log("resumed from its beginning: it had no checkpoint yet");
    return begin();
}

Result<void> TrainingLoop::begin() {
    m_network->freeze(m_config.freeze);
    m_network->to(runtime::torchDevice(m_device));
    makeStep();
    return saveFrozen(m_recorder->paths().frozen, *m_network);
}

Result<void> TrainingLoop::goOn(RunRecorder recorder) {
    m_recorder.emplace(std::move(recorder));
    m_network->freeze(m_config.freeze);
    m_network->to(runtime::torchDevice(m_device));
    makeStep();
    auto progress = loadCheckpoint(m_recorder->paths(), *m_network, *m_optimizer, m_config.optimizer.kind);
    if (!progress) return fail(progress.error());
    m_progress = std::move(*progress);
    if (m_progress.batchesDone > m_batchesPerEpoch) {
        return fail(ErrorCode::BadFormat,
                    "The checkpoint does not belong to the run's list of files; start the run anew.",
                    m_recorder->paths().checkpoint);
    }
    m_recorder->log(
        fmt::format("resumed in epoch {} after {} batches", m_progress.epoch, m_progress.batchesDone));
    // Not in runs of older versions, whose weights may be gone.
    return m_decisions.learntBefore ? noteSeenBefore() : Result<void>();
}

void TrainingLoop::tellNotices() {
    for (const std::string& path : m_images.missing)
        m_recorder->log(path + ": is not there any more; left out");
    for (const std::string& path : m_images.changed)
        m_recorder->log(path + ": has changed since the folder was read");
    for (const std::string& path : m_images.moved)
        m_recorder->log(path + ": found by its content under another path");
    for (const std::string& notice : noticesOf(m_images))
        m_observer(Notice{notice});
    for (const std::string& notice : m_notices) {
        m_recorder->log(notice);
        m_observer(Notice{notice});
    }
}

void TrainingLoop::makeStep() {
    openHead(*m_network);
    m_optimizer = makeOptimizer(m_network->trainableParameters(), m_config.optimizer);
    m_step = std::make_unique<TrainStep>(
        [this](const at::Tensor& input) { return forward(input, m_mixedType); }, *m_optimizer,
        m_mixedType == torch::kHalf ? &m_progress.lossScale : nullptr);
}

Result<TrainReport> TrainingLoop::run() {
    m_recorder->describe(m_config, m_dataset.classes);
    // Where the network is: dropout draws there.
    m_random = backbones::makeGenerator(runtime::torchDevice(m_device), m_config.seed);
    const backbones::DrawFrom ownNumbers(m_random);
    m_observer(RunStarted{m_config.runFolder, m_device.name, m_config.epochs, m_progress.epoch,
                          m_trainIndices.size(), m_validation.images().size(), m_dataset.leftOutCount(),
                          m_batchesPerEpoch, m_weightNotes});
    for (const std::string& note : m_weightNotes)
        m_recorder->log(note);
    tellNotices();
    if (const auto decided = startCache(); !decided) return fail(decided.error());
    bool completed = true;
    std::string why;
    while (m_progress.epoch <= m_config.epochs && !shouldStopEarly()) {
        m_timeTaken = Clock::now();
        auto flow = trainEpoch();
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
            why = fmt::format("Stopped early: no better epoch for {} epochs.", m_config.earlyStopEpochs);
        }
        if (const auto saved = checkpoint(); !saved) return fail(saved.error());
        if (const auto marked = m_recorder->markCompleted(); !marked) return fail(marked.error());
    }
    m_recorder->log(completed ? "completed. " + why : "stopped; resume goes on from the checkpoint");
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
    report.leftOut = m_dataset.leftOutCount();
    return report;
}

Result<void> TrainingLoop::startCache() {
    std::set<RowKey> rows(m_validation.keys().begin(), m_validation.keys().end());
    const int variants = mayCache() ? std::min(m_config.cache.variants, m_config.epochs) : 0;
    for (int variant = 0; variant < variants; ++variant) {
        for (const std::size_t index : m_trainIndices)
            rows.insert(FeatureSource::variantKey(m_dataset.samples[index], m_config.augment, variant));
    }
    if (m_decided && m_decisions.features &&
        (m_decisions.units < 1 || m_decisions.units > m_network->frozenPrefix())) {
        return fail(ErrorCode::BadFormat,
                    fmt::format("The run's features cannot end behind unit {}: {} are frozen. The file was "
                                "edited; start the run anew.",
                                m_decisions.units, m_network->frozenPrefix()),
                    m_recorder->paths().decisions);
    }
    m_network->train(false);              // what measures the features must not move a statistic
    std::vector<data::LoadJob> examples;  // of all classes: the images are in their order
    const std::size_t images = m_validation.images().size();
    for (std::size_t i = 0; i < std::min(images, kPrecisionExamples); ++i)
        examples.push_back(m_validation.images()[i * images / std::min(images, kPrecisionExamples)]);
    m_features =
        FeatureSource::create(*m_network, m_config, runtime::torchDevice(m_device), rows, std::move(examples),
                              m_decided ? std::optional(m_decisions) : std::nullopt);
    // Where features are kept, an image is decoded once for each variant: that is seldom enough.
    const bool keeps = m_features && m_features->keeps();
    if (!keeps) m_memory = std::make_shared<data::ImageMemory>(bytesForImages());
    const std::string message = m_features ? m_features->message() : std::string();
    if (!message.empty()) m_recorder->log(message);
    m_observer(CacheState{keeps, message, m_features ? m_features->bytes() : 0});
    m_progress.decided = true;
    if (m_decided) return {};
    m_decisions.features = m_features != nullptr;
    m_decisions.units = m_features ? m_features->units() : 0;
    if (m_features) m_decisions.type = m_features->typeName();
    m_decisions.budgetBytes = mayCache() ? featureCacheBudget(m_config.cache) : 0;
    return m_recorder->checkPlace().and_then(
        [this] { return writeDecisions(m_recorder->paths(), m_decisions); });
}

void TrainingLoop::tellCacheFailure() {
    if (!m_features || m_toldCacheFailure || m_features->failure().empty()) return;
    m_toldCacheFailure = true;
    const std::string message = m_features->failure() + " The training goes on without it.";
    m_recorder->log(message);
    m_observer(CacheState{true, message, m_features->bytes()});
}

std::function<std::optional<data::Batch>()> TrainingLoop::batchesOf(std::vector<FeatureJob> jobs,
                                                                    const data::LoaderOptions& options) {
    if (m_features) {
        m_features->begin(std::move(jobs), options);
        return [this] { return m_features->next(); };
    }
    std::vector<data::LoadJob> loads;
    for (FeatureJob& job : jobs)
        loads.push_back(std::move(job.load));
    const auto loader = std::make_shared<data::BatchLoader>(std::move(loads), options);
    return [loader] { return loader->next(); };
}

at::Tensor TrainingLoop::forward(const at::Tensor& input,
                                 const std::optional<c10::ScalarType>& mixedType) const {
    const runtime::Autocast mixedPrecision(input.device(), mixedType);
    return m_network->forwardFrom(input, m_features ? m_features->units() : 0).to(torch::kFloat);
}

std::vector<FeatureJob> TrainingLoop::epochJobs(int epoch) const {
    const auto number = static_cast<std::uint64_t>(epoch);
    std::vector<std::size_t> order = m_trainIndices;
    base::RandomStream random(base::deriveSeed(m_config.seed, kShuffle, number));
    for (std::size_t i = order.size(); i > 1; --i)
        std::swap(order[i - 1], order[random.below(i)]);
    std::vector<FeatureJob> jobs;
    for (const std::size_t index : order) {
        const data::Sample& sample = m_dataset.samples[index];
        FeatureJob job{{m_dataset.absolutePath(sample), sample.classIndex, 0, sample.sha256}, {}, index};
        if (m_features) {
            const int variant = (epoch - 1) % m_config.cache.variants;
            job.key = FeatureSource::variantKey(sample, m_config.augment, variant);
            job.load.seed = FeatureSource::variantSeed(sample, variant);
        } else {
            job.load.seed = base::deriveSeed(m_config.seed, kAugment, number, index);
        }
        jobs.push_back(std::move(job));
    }
    return jobs;
}

Result<TrainingLoop::Flow> TrainingLoop::trainEpoch() {
    data::LoaderOptions options;
    options.batchSize = static_cast<std::size_t>(m_config.batchSize);
    options.preprocess = m_config.preprocess;
    options.augment = m_config.augment;
    options.threads = m_config.loaderThreads;
    options.pinned = m_device.isCuda();
    options.memory = m_memory;
    options.firstBatch = m_progress.batchesDone;
    const std::vector<std::size_t> ends =
        data::BatchLoader::batchEnds(m_trainIndices.size(), options.batchSize);
    const std::vector<FeatureJob> jobs = epochJobs(m_progress.epoch);
    ImageLoss loss = lossOf(jobs);
    for (std::size_t job = 0; job < jobs.size(); ++job) {  // before the stop
        if (std::ranges::find(m_progress.lost, jobs[job].sample) != m_progress.lost.end())
            loss.add(job, jobs[job].load.path);
    }
    const auto next = batchesOf(jobs, options);
    const auto perStep = static_cast<std::size_t>(m_config.accumulate);

    m_network->train(true);
    const double secondsBefore = m_trainSeconds;
    std::size_t imagesNow = 0;
    while (m_progress.batchesDone < m_batchesPerEpoch) {
        // Half a step cannot be kept: a stop waits for the rest of its batches.
        const bool beginsStep = m_progress.batchesDone % perStep == 0;
        if (!goesOn() && beginsStep) return Flow::Stop;
        const auto start = Clock::now();
        const auto batch = next();
        if (m_features && m_features->error()) return fail(*m_features->error());
        if (!batch) break;
        tellCacheFailure();
        for (const data::Unreadable& image : batch->unreadable)
            noteLost(loss, image.job, jobs[image.job].load.path, image.why, "training");
        if (loss.isTooMuch()) {
            // The checkpoint of a moment at which nothing was missing yet, if there can be one.
            const bool whole = beginsStep && m_progress.lost.empty();
            if (!whole) keepRemembered();
            if (const auto kept = whole ? checkpoint() : Result<void>(); !kept)
                m_recorder->log(kept.error().sentence());
            return lostTooMuch(loss, "training", m_dataset.root, kPutBack);
        }
        for (const data::Unreadable& image : batch->unreadable)
            m_progress.lost.push_back(jobs[image.job].sample);
        for (const data::Replaced& other : batch->replaced) {
            const std::size_t sample = jobs[other.job].sample;
            if (noteReplaced(sample, other.sha256, "training"))
                m_listChanged = m_dataset.samples[sample].learnt(other.sha256) || m_listChanged;
        }
        if (beginsStep) m_step->begin();
        if (!batch->jobs.empty()) {
            const std::size_t first = m_progress.batchesDone - m_progress.batchesDone % perStep;
            const std::size_t last = std::min(first + perStep, m_batchesPerEpoch) - 1;
            const std::size_t images = ends[last] - (first == 0 ? 0 : ends[first - 1]);
            const double share =
                first == last ? 1 : static_cast<double>(batch->jobs.size()) / static_cast<double>(images);
            m_lastBatch.clear();
            for (const std::size_t job : batch->jobs)
                m_lastBatch.push_back(jobs[job].load);
            trainBatch(*batch, share);
        }
        ++m_progress.batchesDone;
        const bool endsStep =
            m_progress.batchesDone % perStep == 0 || m_progress.batchesDone == m_batchesPerEpoch;
        if (endsStep) m_step->finish();
        if (!m_device.isCuda() || m_progress.batchesDone == m_batchesPerEpoch ||
            Clock::now() - m_lastRead > kReadInterval) {
            if (const auto read = readSums(); !read) return fail(read.error());
        }
        m_trainSeconds += secondsSince(start);
        m_progress.trainSeconds += secondsSince(start);
        ++m_trainBatches;

        const auto seen = static_cast<double>(std::max<std::size_t>(1, m_progress.images));
        imagesNow += batch->jobs.size();
        m_imagesPerSecond = static_cast<double>(imagesNow) / (m_trainSeconds - secondsBefore);
        m_observer(BatchDone{m_progress.epoch, false, m_progress.batchesDone, m_batchesPerEpoch,
                             m_progress.lossSum / seen, static_cast<double>(m_progress.correct) / seen,
                             m_imagesPerSecond, secondsLeft()});
        if (endsStep && Clock::now() - m_lastCheckpoint > kCheckpointInterval) {
            if (const auto saved = checkpoint(); !saved) return fail(saved.error());
        }
    }
    return Flow::Continue;
}

void TrainingLoop::trainBatch(const data::Batch& batch, double share) {
    const c10::Device device = runtime::torchDevice(m_device);
    const std::int64_t number = (m_progress.epoch - 1) * static_cast<std::int64_t>(m_batchesPerEpoch) +
                                static_cast<std::int64_t>(m_progress.batchesDone);
    setLearningRate(*m_optimizer,
                    learningRateAt(m_config, number, static_cast<std::int64_t>(m_batchesPerEpoch)));
    // Dropout draws the same numbers whether or not the run was interrupted before this batch.
    m_random.set_current_seed(base::deriveSeed(m_config.seed, kDropout, static_cast<std::uint64_t>(number)));
    m_step->add(backbones::Network::toInput(batch.images, device),
                batch.labels.to(device, batch.labels.scalar_type(), true), share);
}

bool TrainingLoop::mayCache() const {
    return m_config.cache.variants > 0 && !m_config.freeze.frozenUnits.empty();
}

Result<void> TrainingLoop::requireFinite(double loss, const char* name,
                                         std::vector<data::LoadJob> some) const {
    if (std::isfinite(loss)) return {};
    const bool moved = m_step->hasMoved() || m_progress.epoch > 1 || m_progress.images > 0;
    return fail(NotFinite(*m_network, m_config, runtime::torchDevice(m_device))
                    .ofLoss(name, loss, m_progress.epoch, moved, std::move(some)));
}

// A finite loss may have a gradient that is not. The last state that can be gone on from stays.
Result<void> TrainingLoop::requireFiniteWeights() const {
    const torch::NoGradGuard noGradients;
    for (const at::Tensor& parameter : m_network->trainableParameters()) {
        if (!at::isfinite(parameter).all().item<bool>())
            return requireFinite(std::numeric_limits<double>::quiet_NaN(), "gradient", m_lastBatch);
    }
    return {};
}

Result<void> TrainingLoop::readSums() {
    m_lastRead = Clock::now();
    const TrainStep::Sums sums = m_step->takeSums();
    if (const auto finite = requireFinite(sums.loss, "loss", m_lastBatch); !finite) return finite;
    m_progress.lossSum += sums.loss;
    m_progress.correct += sums.correct;
    m_progress.images += sums.images;
    return {};
}

Result<TrainingLoop::Flow> TrainingLoop::validateEpoch() {
    m_network->train(false);
    const auto start = Clock::now();
    auto lastBatch = start;
    const auto progress = [&](std::size_t batch, std::size_t images, double loss, double accuracy) {
        m_validationSeconds += secondsSince(lastBatch);
        ++m_validationBatches;
        m_observer(BatchDone{m_progress.epoch, true, batch, m_validation.batches(), loss, accuracy,
                             static_cast<double>(images) / secondsSince(start), secondsLeft()});
        const bool goes = goesOn();
        lastBatch = Clock::now();  // a pause is not a batch's
        return goes;
    };
    std::vector<int> labels;
    for (const data::LoadJob& image : m_validation.images())
        labels.push_back(image.label);
    ImageLoss loss(std::move(labels));
    std::vector<evaluation::Unscored> unread;
    auto evaluation = m_validation.score(
        // In float32, as the finished model will be asked.
        [this](const at::Tensor& input) { return forward(input, std::nullopt); }, m_features.get(), m_memory,
        progress,
        [&](std::size_t image, const Error& why) {
            noteLost(loss, image, m_validation.images()[image].path, why, "validation");
            unread.push_back(
                {m_dataset.samples[m_validationIndices[image]].path, "unreadable_image", why.message});
            return !loss.isTooMuch();
        },
        [&](std::size_t image, const std::string& sha256) {
            noteReplaced(m_validationIndices[image], sha256, "validation");
        });
    if (m_features && m_features->error()) return fail(*m_features->error());
    if (loss.isTooMuch()) {
        if (const auto kept = checkpoint(); !kept) m_recorder->log(kept.error().sentence());
        return lostTooMuch(loss, "validation", m_dataset.root, kPutBack);
    }
    if (!evaluation) return Flow::Stop;
    // Batch norm in training may keep the loss of a broken network finite; JSON has no number for this one.
    if (const auto finite = requireFinite(evaluation->loss, "validation loss", m_validation.images());
        !finite)
        return fail(finite.error());
    evaluation->unscored = std::move(unread);
    if (const auto finished = finishEpoch(std::move(*evaluation)); !finished) return fail(finished.error());
    return Flow::Continue;
}

Result<void> TrainingLoop::finishEpoch(evaluation::Evaluation evaluation) {
    const auto seen = static_cast<double>(m_progress.images);
    EpochDone epoch;
    epoch.epoch = m_progress.epoch;
    epoch.trainLoss = m_progress.lossSum / seen;
    epoch.trainAccuracy = static_cast<double>(m_progress.correct) / seen;
    epoch.valLoss = evaluation.loss;
    epoch.valAccuracy = evaluation.accuracy;
    const auto batches = static_cast<std::int64_t>(m_batchesPerEpoch);
    epoch.learningRate = learningRateAt(m_config, m_progress.epoch * batches - 1, batches);
    takeTime();
    epoch.seconds = m_progress.epochSeconds;
    epoch.imagesPerSecond = m_progress.trainSeconds > 0 ? seen / m_progress.trainSeconds : 0;
    epoch.trainImages = m_progress.images;
    epoch.validationImages = evaluation.images;
    noteLearnt(evaluation);
    epoch.validationLearnt = evaluation.trainedOn;
    const EpochDone* before = bestOf(m_progress.history);
    epoch.best = before == nullptr || isBetter(epoch, *before);
    if (epoch.best) m_recorder->keepBest(*m_network, std::move(evaluation));
    m_progress.history.push_back(epoch);

    ++m_progress.epoch;
    m_progress.batchesDone = 0;
    m_progress.lossSum = 0;
    m_progress.correct = 0;
    m_progress.images = 0;
    m_progress.epochSeconds = 0;
    m_progress.trainSeconds = 0;
    m_progress.lost.clear();
    m_observer(epoch);
    // The first epoch's model is there as soon as it can be.
    const bool due = epoch.epoch == 1 || Clock::now() - m_lastCheckpoint > kEpochCheckpointInterval;
    if (due) return checkpoint();
    m_recorder->remember(*m_network, *m_optimizer, m_progress);
    return {};
}

void TrainingLoop::noteLearnt(evaluation::Evaluation& evaluation) const {
    evaluation.trainedOn = static_cast<std::size_t>(
        std::ranges::count_if(evaluation.predictions, [this](const evaluation::Prediction& prediction) {
            return m_learntBefore.contains(prediction.path);
        }));
    // Nothing says what an older version's run began with.
    const auto& before = m_decisions.learntBefore;
    if (!before && m_config.weightsFile.empty()) return;
    if (before && before->unknown.empty()) return;
    evaluation.trainedOn.reset();
    evaluation.trainedOnUnknown = before ? before->unknown : std::vector{m_config.weightsFile};
}

Result<void> TrainingLoop::checkpoint() {
    if (const auto read = readSums(); !read) return read;
    // Between two epochs none is running.
    if (m_progress.batchesDone > 0) takeTime();
    if (const auto finite = requireFiniteWeights(); !finite) return finite;
    if (const auto written = writeChangedList(); !written) return written;
    const auto saved = m_recorder->save(*m_network, *m_optimizer, m_progress);
    m_lastCheckpoint = Clock::now();
    if (saved) m_observer(CheckpointSaved{m_recorder->paths().checkpoint});
    return saved;
}

// The last state that can be gone on from, where this one cannot.
void TrainingLoop::keepRemembered() {
    const auto kept = writeChangedList().and_then([this] { return m_recorder->saveRemembered(*m_network); });
    if (!kept) m_recorder->log(kept.error().sentence());
}

// What was learnt has to be known as such before a model can be there that has learnt it.
Result<void> TrainingLoop::writeChangedList() {
    if (!m_listChanged) return {};
    return m_recorder->checkPlace()
        .and_then([this] { return writePlan(m_recorder->paths(), m_config, list()); })
        .map([this] { m_listChanged = false; });
}

ImageLoss TrainingLoop::lossOf(const std::vector<FeatureJob>& jobs) const {
    std::vector<int> labels;
    for (const FeatureJob& job : jobs)
        labels.push_back(job.load.label);
    return ImageLoss(std::move(labels));
}

void TrainingLoop::noteLost(ImageLoss& loss, std::size_t job, const std::string& path, const Error& why,
                            const char* kind) {
    loss.add(job, path, why.message);
    m_recorder->log(fmt::format("{}: can no longer be read; left out. {}", path, why.message));
    if (loss.count() <= kNamedLosses)
        m_observer(Notice{fmt::format("{}: this {} image can no longer be read; epoch {} does without it. {}",
                                      path, kind, m_progress.epoch, why.message)});
}

bool TrainingLoop::noteReplaced(std::size_t sample, const std::string& sha256, const char* kind) {
    const auto away = m_unreadable.find(sample);
    if (away != m_unreadable.end() && away->second == sha256) return false;  // it has come back
    const std::string path = m_dataset.absolutePath(m_dataset.samples[sample]);
    if (!m_replaced.insert(path).second) return true;
    const std::string message = fmt::format(
        "{}: this {} image was replaced while the run went on; from here on the new one counts.", path, kind);
    m_recorder->log(message);
    if (m_replaced.size() <= kNamedLosses) m_observer(Notice{message});
    return true;
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

bool TrainingLoop::shouldStopEarly() const {
    if (m_config.earlyStopEpochs == 0 || m_progress.history.empty()) return false;
    int since = bestOf(m_progress.history)->epoch;
    // Whoever gave a run more epochs wants to see them.
    if (!m_config.planChanges.empty()) since = std::max(since, m_config.planChanges.back().afterEpoch);
    return m_progress.history.back().epoch - since >= m_config.earlyStopEpochs;
}

void TrainingLoop::takeTime() {
    const auto now = Clock::now();
    m_progress.epochSeconds += std::chrono::duration<double>(now - m_timeTaken).count();
    m_timeTaken = now;
}

double TrainingLoop::secondsLeft() const {
    const double perTrainBatch =
        m_trainBatches > 0 ? m_trainSeconds / static_cast<double>(m_trainBatches) : 0;
    // Before the first validation: a batch of it costs about a training batch.
    const double perValidationBatch = m_validationBatches > 0
                                          ? m_validationSeconds / static_cast<double>(m_validationBatches)
                                          : perTrainBatch;
    const double perEpochValidation =
        perValidationBatch *
        std::ceil(static_cast<double>(m_validation.images().size()) / m_config.batchSize);
    const double perEpoch = perTrainBatch * static_cast<double>(m_batchesPerEpoch) + perEpochValidation;
    return perEpoch * (m_config.epochs - m_progress.epoch) +
           perTrainBatch * static_cast<double>(m_batchesPerEpoch - m_progress.batchesDone) +
           perEpochValidation;
}

}  // namespace graft::training
