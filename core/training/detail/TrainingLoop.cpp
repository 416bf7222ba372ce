// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/training/detail/TrainingLoop.h"

#include <fmt/format.h>
#include <torch/utils.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "core/base/Seed.h"
#include "core/data/FolderScanner.h"
#include "core/exporting/detail/Sidecar.h"
#include "core/runtime/ThreadBudget.h"
#include "core/runtime/detail/Autocast.h"
#include "core/runtime/detail/TorchDevice.h"
#include "core/training/detail/BatchOfOne.h"
#include "core/training/detail/HeadOpening.h"
#include "core/training/detail/NotFinite.h"
#include "core/training/detail/Optimizers.h"
#include "core/training/detail/Precisions.h"
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

double secondsSince(std::chrono::steady_clock::time_point start) {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

}  // namespace

TrainingLoop::TrainingLoop(const TrainConfig& config, const data::DatasetIndex& dataset,
                           const TrainObserver& observer, runtime::RunControl& control)
    : m_config(config),
      m_dataset(dataset),
      m_observer(observer),
      m_control(control),
      m_paths(config.runFolder) {}

Result<void> TrainingLoop::prepare() {
    m_runStart = Clock::now();
    m_lastCheckpoint = m_runStart;
    const auto device = runtime::chooseDevice(m_config.device);
    if (!device) return fail(device.error());
    m_device = *device;
    const auto mixedType = mixedPrecisionType(m_config.precision, runtime::torchDevice(m_device));
    if (!mixedType) return fail(mixedType.error());
    m_mixedType = *mixedType;
    runtime::setComputeThreads(m_config.threads);

    torch::manual_seed(base::deriveSeed(m_config.seed, kInitialWeights));
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

    // The cache knows an image by its content, which may have changed since the folder was read.
    if (mayCache()) m_changed = data::updateHashes(m_dataset);
    m_trainIndices = m_dataset.indicesOf(data::Split::Train);
    if (const auto large = checkSmallestBatch(*m_network, m_config, m_trainIndices.size()); !large)
        return large;
    m_batchesPerEpoch =
        data::BatchLoader::batchCount(m_trainIndices.size(), static_cast<std::size_t>(m_config.batchSize));
    m_validation.classes = m_dataset.classes;
    m_validation.preprocess = m_config.preprocess;
    m_validation.batchSize = static_cast<std::size_t>(m_config.batchSize);
    m_validation.loaderThreads = m_config.loaderThreads;
    for (const std::size_t index : m_dataset.indicesOf(data::Split::Validation)) {
        const data::Sample& sample = m_dataset.samples[index];
        m_validation.images.push_back({m_dataset.absolutePath(sample), sample.classIndex, 0});
        m_validationKeys.push_back(FeatureSource::centreKey(sample));
        m_validation.names.push_back(sample.path);
    }
    return {};
}

Result<void> TrainingLoop::startRun() {
    if (!m_config.weightsFile.empty()) {
        auto notes = loadStartingWeights(*m_network, m_config, m_dataset.classes);
        if (!notes) return fail(notes.error());
        m_weightNotes = std::move(*notes);
    }
    m_network->freeze(m_config.freeze);
    m_network->to(runtime::torchDevice(m_device));
    makeStep();
    if (const auto made = createRun(m_config, m_dataset); !made) return made;
    appendLog(m_paths, fmt::format("started: {} on {}, {} training and {} validation images, {} left out",
                                   m_config.backbone, m_device.name, m_trainIndices.size(),
                                   m_validation.images.size(), m_dataset.leftOutCount()));
    for (const data::Problem& problem : m_dataset.problems) {
        appendLog(m_paths, fmt::format("{}: {}", problem.path, problem.message));
    }
    for (const std::string& note : m_weightNotes)
        appendLog(m_paths, note);
    logChanged();
    return saveFrozen(m_paths.checkpoint, *m_network);
}

Result<void> TrainingLoop::loadState() {
    m_network->freeze(m_config.freeze);
    m_network->to(runtime::torchDevice(m_device));
    makeStep();
    auto progress = loadCheckpoint(m_paths.checkpoint, *m_network, *m_optimizer, m_config.optimizer.kind);
    if (!progress) return fail(progress.error());
    m_progress = std::move(*progress);
    appendLog(m_paths,
              fmt::format("resumed in epoch {} after {} batches", m_progress.epoch, m_progress.batchesDone));
    logChanged();
    return writeMetrics(m_paths, m_progress.history);
}

void TrainingLoop::logChanged() const {
    for (const std::string& path : m_changed)
        appendLog(m_paths, path + ": has changed since the folder was read");
}

void TrainingLoop::makeStep() {
    openHead(*m_network);
    m_optimizer = makeOptimizer(m_network->trainableParameters(), m_config.optimizer);
    m_step =
        std::make_unique<TrainStep>([this](const at::Tensor& input) { return forward(input); }, *m_optimizer,
                                    m_mixedType == torch::kHalf ? &m_progress.lossScale : nullptr);
}

Result<TrainReport> TrainingLoop::run() {
    m_observer(RunStarted{m_config.runFolder, m_device.name, m_config.epochs, m_progress.epoch,
                          m_trainIndices.size(), m_validation.images.size(), m_dataset.leftOutCount(),
                          m_batchesPerEpoch, m_weightNotes});
    startCache();
    bool completed = true;
    std::string why;
    while (m_progress.epoch <= m_config.epochs && !shouldStopEarly()) {
        m_epochStart = Clock::now();
        auto flow = trainEpoch();
        if (flow && *flow == Flow::Continue) flow = validateEpoch();
        if (!flow) {
            // The best model of the epochs before is worth keeping; the error that ended the run is the one
            // told.
            const auto kept =
                writeBest().and_then([this] { return writeMetrics(m_paths, m_progress.history); });
            if (!kept) appendLog(m_paths, kept.error().sentence());
            return fail(flow.error());
        }
        if (*flow == Flow::Stop) {
            m_progress.epochSeconds = epochSecondsSoFar();
            if (const auto saved = checkpoint(); !saved) return fail(saved.error());
            completed = false;
            break;
        }
    }
    if (completed) {
        if (shouldStopEarly() && m_progress.epoch <= m_config.epochs) {
            why = fmt::format("Stopped early: no better validation accuracy for {} epochs.",
                              m_config.earlyStopEpochs);
        }
        if (const auto saved = checkpoint(); !saved) return fail(saved.error());
        if (const auto marked = markCompleted(m_paths.checkpoint); !marked) return fail(marked.error());
    }
    appendLog(m_paths, completed ? "completed. " + why : "stopped; resume goes on from the checkpoint");
    m_observer(RunEnded{completed ? RunEnded::Outcome::Completed : RunEnded::Outcome::Stopped, why});

    TrainReport report;
    report.runFolder = m_config.runFolder;
    report.completed = completed;
    report.seconds = secondsSince(m_runStart);
    report.bestEpoch = m_progress.bestEpoch;
    report.valAccuracy = m_progress.bestAccuracy;
    report.epochs = m_progress.history;
    report.leftOut = m_dataset.leftOutCount();
    return report;
}

void TrainingLoop::startCache() {
    std::set<RowKey> rows(m_validationKeys.begin(), m_validationKeys.end());
    const int variants = mayCache() ? std::min(m_config.cache.variants, m_config.epochs) : 0;
    for (int variant = 0; variant < variants; ++variant) {
        for (const std::size_t index : m_trainIndices)
            rows.insert(FeatureSource::variantKey(m_dataset.samples[index], m_config.augment, variant));
    }
    std::string why;
    m_network->train(false);              // what measures the features must not move a statistic
    std::vector<data::LoadJob> examples;  // of all classes: the images are in their order
    const std::size_t images = m_validation.images.size();
    for (std::size_t i = 0; i < std::min(images, kPrecisionExamples); ++i)
        examples.push_back(m_validation.images[i * images / std::min(images, kPrecisionExamples)]);
    m_features = FeatureSource::create(*m_network, m_config, runtime::torchDevice(m_device), rows,
                                       std::move(examples), why);
    // Where features are kept, an image is decoded once for each variant: that is seldom enough.
    if (!m_features) m_memory = std::make_shared<data::ImageMemory>(bytesForImages());
    if (!m_features && !why.empty()) why += "The frozen layers are computed in every epoch.";
    const std::string message = m_features ? m_features->message() : why;
    if (!message.empty()) appendLog(m_paths, message);
    m_observer(CacheState{m_features != nullptr, message, m_features ? m_features->bytes() : 0});
}

void TrainingLoop::tellCacheFailure() {
    if (!m_features || m_toldCacheFailure || m_features->failure().empty()) return;
    m_toldCacheFailure = true;
    const std::string message = m_features->failure() + " The training goes on without it.";
    appendLog(m_paths, message);
    m_observer(CacheState{true, message, m_features->bytes()});
}

evaluation::NextBatch TrainingLoop::batchesOf(std::vector<FeatureJob> jobs,
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

at::Tensor TrainingLoop::forward(const at::Tensor& input) const {
    const runtime::Autocast mixedPrecision(input.device(), m_mixedType);
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
        FeatureJob job{{m_dataset.absolutePath(sample), sample.classIndex, 0}, {}};
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
    std::vector<FeatureJob> jobs = epochJobs(m_progress.epoch);
    const auto next = batchesOf(jobs, options);
    const auto perStep = static_cast<std::size_t>(m_config.accumulate);

    m_network->train(true);
    const double secondsBefore = m_trainSeconds;
    const std::size_t batchesBefore = m_trainBatches;
    while (m_progress.batchesDone < m_batchesPerEpoch) {
        // Half a step cannot be kept: a stop waits for the rest of its batches.
        const bool beginsStep = m_progress.batchesDone % perStep == 0;
        if (!goesOn() && beginsStep) return Flow::Stop;
        const auto start = Clock::now();
        const auto batch = next();
        if (m_features && m_features->error()) return fail(*m_features->error());
        if (!batch) break;
        tellCacheFailure();
        for (const std::string& path : batch->unreadable)
            appendLog(m_paths, path + ": can no longer be read; left out");
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
        ++m_trainBatches;

        const auto seen = static_cast<double>(std::max<std::size_t>(1, m_progress.images));
        m_imagesPerSecond = static_cast<double>((m_trainBatches - batchesBefore) * options.batchSize) /
                            (m_trainSeconds - secondsBefore);
        m_observer(BatchDone{m_progress.epoch, false, m_progress.batchesDone, m_batchesPerEpoch,
                             m_progress.lossSum / seen, static_cast<double>(m_progress.correct) / seen,
                             m_imagesPerSecond, secondsLeft()});
        if (endsStep && Clock::now() - m_lastCheckpoint > kCheckpointInterval) {
            if (const auto saved = checkpoint(); !saved) return fail(saved.error());
        }
    }
    if (m_progress.images == 0) {
        return fail(ErrorCode::Unreadable, "No training image can be read any more; was the folder moved?",
                    m_dataset.root);
    }
    return Flow::Continue;
}

void TrainingLoop::trainBatch(const data::Batch& batch, double share) {
    const c10::Device device = runtime::torchDevice(m_device);
    const std::int64_t number = (m_progress.epoch - 1) * static_cast<std::int64_t>(m_batchesPerEpoch) +
                                static_cast<std::int64_t>(m_progress.batchesDone);
    m_learningRate = learningRateAt(m_config, number, static_cast<std::int64_t>(m_batchesPerEpoch));
    setLearningRate(*m_optimizer, m_learningRate);
    // Dropout draws the same numbers whether or not the run was interrupted before this batch.
    torch::manual_seed(base::deriveSeed(m_config.seed, kDropout, static_cast<std::uint64_t>(number)));
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
    const std::size_t batches =
        data::BatchLoader::batchCount(m_validation.images.size(), m_validation.batchSize);
    auto lastBatch = start;
    const auto progress = [&](std::size_t batch, std::size_t images, double loss, double accuracy) {
        m_validationSeconds += secondsSince(lastBatch);
        lastBatch = Clock::now();
        ++m_validationBatches;
        m_observer(BatchDone{m_progress.epoch, true, batch, batches, loss, accuracy,
                             static_cast<double>(images) / secondsSince(start), secondsLeft()});
        return goesOn();
    };
    std::vector<FeatureJob> jobs;
    for (std::size_t i = 0; i < m_validation.images.size(); ++i)
        jobs.push_back({m_validation.images[i], m_validationKeys[i]});
    data::LoaderOptions options = evaluation::loaderOptions(m_validation);
    options.pinned = m_device.isCuda();
    options.memory = m_memory;
    const auto next = batchesOf(std::move(jobs), options);
    auto evaluation =
        evaluation::evaluateImages([this](const at::Tensor& input) { return forward(input); },
                                   runtime::torchDevice(m_device), m_validation, next, progress);
    if (m_features && m_features->error()) return fail(*m_features->error());
    if (!evaluation) return Flow::Stop;
    if (evaluation->images == 0) {
        return fail(ErrorCode::Unreadable, "No validation image can be read any more; was the folder moved?",
                    m_dataset.root);
    }
    // Batch norm in training may keep the loss of a broken network finite; JSON has no number for this one.
    if (const auto finite = requireFinite(evaluation->loss, "validation loss", m_validation.images); !finite)
        return fail(finite.error());
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
    epoch.learningRate = m_learningRate;
    epoch.seconds = epochSecondsSoFar();
    epoch.imagesPerSecond = m_imagesPerSecond;
    epoch.best = m_progress.bestEpoch == 0 || epoch.valAccuracy > m_progress.bestAccuracy ||
                 (epoch.valAccuracy == m_progress.bestAccuracy && epoch.valLoss < m_progress.bestLoss);
    if (epoch.best) {
        m_progress.bestEpoch = epoch.epoch;
        m_progress.bestAccuracy = epoch.valAccuracy;
        m_progress.bestLoss = epoch.valLoss;
        keepBest(std::move(evaluation));
    }
    m_progress.history.push_back(epoch);

    ++m_progress.epoch;
    m_progress.batchesDone = 0;
    m_progress.lossSum = 0;
    m_progress.correct = 0;
    m_progress.images = 0;
    m_progress.epochSeconds = 0;
    m_observer(epoch);
    // The first epoch's model is there as soon as it can be.
    const bool due = epoch.epoch == 1 || Clock::now() - m_lastCheckpoint > kEpochCheckpointInterval;
    return due ? checkpoint() : Result<void>();
}

void TrainingLoop::keepBest(evaluation::Evaluation evaluation) {
    const torch::NoGradGuard noGradients;
    m_bestEvaluation = std::move(evaluation);
    m_bestTensors.clear();
    for (const auto& [name, tensor] : m_network->trainedTensors())
        m_bestTensors.emplace_back(name, tensor.to(torch::kCPU, tensor.scalar_type(), false, true));
    closeHead(*m_network, m_bestTensors);
}

Result<void> TrainingLoop::writeBest() {
    if (m_bestTensors.empty()) return {};
    weights::StateDict model = m_network->stateDict();
    for (auto& [name, data] : model.tensors) {
        const auto best = std::ranges::find(m_bestTensors, name, [](const auto& pair) { return pair.first; });
        if (best != m_bestTensors.end()) data = weights::fromTensor(best->second);
    }
    m_bestTensors.clear();
    const exporting::Sidecar sidecar{"safetensors", m_config.backbone, m_config.head, m_dataset.classes,
                                     m_config.preprocess};
    return weights::writeSafetensors(m_paths.model, model)
        .and_then([&] { return exporting::writeSidecar(m_paths.model, sidecar); })
        .and_then([&] { return writeEvaluation(m_paths, m_bestEvaluation); });
}

Result<void> TrainingLoop::checkpoint() {
    if (const auto read = readSums(); !read) return read;
    // The best model before the state that speaks of it: a kill in between repeats an epoch and loses none.
    if (const auto written = writeBest(); !written) return written;
    if (const auto written = writeMetrics(m_paths, m_progress.history); !written) return written;
    const auto saved =
        saveCheckpoint(m_paths.checkpoint, *m_network, *m_optimizer, m_config.optimizer.kind, m_progress);
    m_lastCheckpoint = Clock::now();
    if (saved) m_observer(CheckpointSaved{m_paths.checkpoint});
    return saved;
}

bool TrainingLoop::goesOn() {
    return m_control.checkpoint([&](bool paused) {
        if (paused) {
            m_observer(Paused{});
        } else {
            m_observer(Resumed{});
        }
    });
}

bool TrainingLoop::shouldStopEarly() const {
    if (m_config.earlyStopEpochs == 0 || m_progress.history.empty()) return false;
    // The accuracy counts, and the first epoch that reached it; the best model may be a later one with less
    // loss.
    const auto highest = std::ranges::max_element(m_progress.history, {}, &EpochDone::valAccuracy);
    return m_progress.history.back().epoch - highest->epoch >= m_config.earlyStopEpochs;
}

double TrainingLoop::epochSecondsSoFar() const {
    return m_progress.epochSeconds + secondsSince(m_epochStart);
}

double TrainingLoop::secondsLeft() const {
    const double perTrainBatch =
        m_trainBatches > 0 ? m_trainSeconds / static_cast<double>(m_trainBatches) : 0;
    // Before the first validation: a batch of it costs about a training batch.
    const double perValidationBatch = m_validationBatches > 0
                                          ? m_validationSeconds / static_cast<double>(m_validationBatches)
                                          : perTrainBatch;
    const double perEpochValidation =
        perValidationBatch * std::ceil(static_cast<double>(m_validation.images.size()) / m_config.batchSize);
    const double perEpoch = perTrainBatch * static_cast<double>(m_batchesPerEpoch) + perEpochValidation;
    return perEpoch * (m_config.epochs - m_progress.epoch) +
           perTrainBatch * static_cast<double>(m_batchesPerEpoch - m_progress.batchesDone) +
           perEpochValidation;
}

}  // namespace graft::training
