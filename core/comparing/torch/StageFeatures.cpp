// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/comparing/torch/StageFeatures.h"

#include <torch/types.h>
#include <torch/utils.h>

#include <algorithm>
#include <chrono>
#include <limits>
#include <set>
#include <utility>

#include "core/training/DefaultConfig.h"
#include "core/training/detail/FeatureKeys.h"
#include "core/training/torch/StartingWeights.h"

namespace graft::comparing {

namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t kMostDepths = 6;
constexpr std::int64_t kTimedImages = 8;
constexpr std::size_t kExamples = 8;
constexpr std::size_t kBatch = 32;

double secondsSince(Clock::time_point start) {
    return std::chrono::duration<double>(Clock::now() - start).count();
}

// The counts of units behind which a stage ends; the last is all of them.
std::vector<std::size_t> stageEnds(const std::vector<backbones::Unit>& units) {
    std::vector<std::size_t> ends;
    for (std::size_t i = 0; i < units.size(); ++i) {
        if (i + 1 == units.size() || units[i].stage != units[i + 1].stage) ends.push_back(i + 1);
    }
    if (ends.size() > kMostDepths + 1) ends.erase(ends.begin(), ends.end() - kMostDepths - 1);
    return ends;
}

// Of all classes: the images are in their order.
std::vector<data::LoadJob> examplesOf(const std::vector<training::FeatureJob>& jobs) {
    std::vector<data::LoadJob> examples;
    const std::size_t count = std::min(jobs.size(), kExamples);
    for (std::size_t i = 0; i < count; ++i)
        examples.push_back(jobs[i * jobs.size() / count].load);
    return examples;
}

// Centre crops, one of each image.
settings::TrainConfig forFeatures(settings::TrainConfig config, const CompareConfig& compare) {
    config.augment = {};
    config.augment.randomResizedCrop = false;
    config.augment.horizontalFlip = false;
    config.cache = {};
    config.cache.variants = 1;
    config.cache.budgetGigabytes = compare.cacheGigabytes;
    config.device = compare.device;
    config.threads = compare.threads;
    return config;
}

}  // namespace

Result<std::unique_ptr<StageFeatures>> StageFeatures::create(const Entrant& entrant,
                                                             const CompareConfig& config,
                                                             const data::DatasetIndex& dataset,
                                                             c10::Device device) {
    auto defaults = training::defaultConfig(entrant.backbone, entrant.weightsFile);
    if (!defaults) return fail(defaults.error());
    std::unique_ptr<StageFeatures> features(
        new StageFeatures(forFeatures(std::move(*defaults), config), dataset, device));
    const settings::TrainConfig& own = features->m_config;
    auto network =
        backbones::Network::create(own.backbone, static_cast<int>(dataset.classes.size()), own.head,
                                   backbones::Network::BackboneWeights::Unset, own.preprocess.cropSize);
    if (!network) return fail(network.error());
    features->m_network = std::make_unique<backbones::Network>(std::move(*network));
    if (const auto fits = features->m_network->checkInput(own.preprocess.cropSize); !fits)
        return fail(fits.error());
    if (const auto loaded = training::loadStartingWeights(*features->m_network, own, dataset.classes);
        !loaded)
        return fail(loaded.error());
    features->m_network->to(device);
    features->m_network->train(false);
    features->measure();
    return features;
}

// Once for the processor's caches and the allocator, then twice for the time.
void StageFeatures::measure() {
    const torch::NoGradGuard noGradients;
    const auto& units = m_network->units();
    const std::vector<std::size_t> ends = stageEnds(units);
    const std::int64_t side = m_config.preprocess.cropSize;
    const at::Tensor images =
        backbones::Network::toInput(torch::zeros({kTimedImages, 3, side, side}), m_device);
    for (int round = 0; round < 3; ++round) {
        std::vector<Part> parts;
        Part sum;
        at::Tensor x = images;
        const auto start = Clock::now();
        for (std::size_t i = 0; i < units.size(); ++i) {
            const backbones::CostCounter cost;
            x = units[i].forward(x);
            sum.multiplyAdds += cost.multiplyAdds() / kTimedImages;
            for (const at::Tensor& parameter : units[i].parameters())
                sum.parameters += parameter.numel();
            if (!std::ranges::binary_search(ends, i + 1)) continue;
            if (m_device.is_cuda()) static_cast<void>(x.flatten()[0].item<float>());  // waits for the device
            sum.units = i + 1;
            sum.lastUnit = units[i].name;
            sum.stage = units[i].stage;
            sum.secondsPerImage = secondsSince(start) / kTimedImages;
            parts.push_back(sum);
        }
        for (std::size_t i = 0; round > 1 && i < parts.size(); ++i)
            parts[i].secondsPerImage = std::min(parts[i].secondsPerImage, m_parts[i].secondsPerImage);
        m_parts = std::move(parts);
    }
    // How wide each part is.
    const at::Tensor one = images.slice(0, 0, 1);
    for (Part& part : m_parts) {
        part.channels = m_network->meansBehind(one, {part.units}).size(1);
        part.offset = &part == &m_parts.front() ? 0 : (&part - 1)->offset + (&part - 1)->channels;
    }
}

void StageFeatures::open(const Folds& folds) {
    std::set<training::RowKey> rows;
    for (const FoldedImage& image : folds.images) {
        const data::Sample& sample = m_dataset.samples[image.sample];
        training::FeatureJob job;
        job.load = {m_dataset.absolutePath(sample), image.label, 0, sample.sha256};
        job.key = training::variantKey(sample, "", 0);
        job.sample = image.sample;
        rows.insert(job.key);
        m_jobs.push_back(std::move(job));
    }
    std::vector<std::size_t> behind;
    for (const Part& part : m_parts)
        behind.push_back(part.units);
    m_source =
        training::FeatureSource::ofMeans(*m_network, m_config, m_device, behind, rows, examplesOf(m_jobs));
    m_missing = rows.size() - m_source->present(rows);
}

data::LoaderOptions StageFeatures::loaderOptions() const {
    data::LoaderOptions options;
    options.batchSize = kBatch;
    options.preprocess = m_config.preprocess;
    options.pinned = m_device.is_cuda();
    return options;
}

Result<std::optional<Gathered>> StageFeatures::readAll(training::FeatureSource& source, std::size_t rows,
                                                       std::int64_t width,
                                                       const std::function<bool(std::size_t done)>& goesOn,
                                                       const Lost& lost) {
    Gathered gathered;
    gathered.means = torch::zeros({static_cast<std::int64_t>(rows), width});
    gathered.present.assign(rows, false);
    std::size_t done = 0;
    while (goesOn(done)) {
        const auto batch = source.next();
        if (const auto& error = source.error()) return fail(*error);
        if (!batch) return std::optional(std::move(gathered));
        done += batch->jobs.size() + batch->unreadable.size();
        for (const data::Unreadable& image : batch->unreadable) {
            if (!lost(image.job, image.why)) return std::optional<Gathered>();
        }
        if (batch->jobs.empty()) continue;
        std::vector<std::int64_t> numbers;
        for (const std::size_t job : batch->jobs) {
            numbers.push_back(static_cast<std::int64_t>(job));
            gathered.present[job] = true;
        }
        const at::Tensor features = batch->images.to(torch::kCPU, torch::kFloat);
        gathered.means.index_copy_(0, torch::tensor(numbers, torch::kLong),
                                   features.dim() == 4 ? features.mean({2, 3}) : features);
    }
    return std::optional<Gathered>();
}

Result<std::optional<Gathered>> StageFeatures::gather(const std::function<bool(std::size_t done)>& goesOn,
                                                      const Lost& lost) {
    m_source->begin(m_jobs, loaderOptions());
    return readAll(*m_source, m_jobs.size(), m_parts.back().offset + m_parts.back().channels, goesOn, lost);
}

Result<std::optional<Gathered>> StageFeatures::gatherVariants(
    const data::AugmentOptions& augment, int variants, const Folds& folds,
    const std::function<bool(std::size_t done)>& goesOn, const Lost& lost) {
    settings::TrainConfig config = m_config;
    config.augment = augment;
    config.cache.variants = variants;
    const std::string look = training::lookOf(config);
    std::set<training::RowKey> rows;
    std::vector<training::FeatureJob> jobs;
    for (int variant = 0; variant < variants; ++variant) {
        for (const FoldedImage& image : folds.images) {
            const data::Sample& sample = m_dataset.samples[image.sample];
            training::FeatureJob job;
            job.load = {m_dataset.absolutePath(sample), image.label, training::variantSeed(sample, variant),
                        sample.sha256};
            job.key = training::variantKey(sample, look, variant);
            job.sample = image.sample;
            rows.insert(job.key);
            jobs.push_back(std::move(job));
        }
    }
    m_network->freeze([&] {
        backbones::FreezePlan all;
        for (const backbones::Unit& unit : m_network->units())
            all.frozenUnits.insert(unit.name);
        return all;
    }());
    const auto source =
        training::FeatureSource::create(*m_network, config, m_device, rows, examplesOf(jobs), std::nullopt);
    if (source == nullptr) return std::optional<Gathered>();  // of changes that are never the same twice
    const std::size_t count = jobs.size();
    data::LoaderOptions options = loaderOptions();
    options.augment = augment;
    source->begin(std::move(jobs), options);
    const std::size_t images = folds.images.size();
    return readAll(*source, count, m_parts.back().channels, goesOn,
                   [&](std::size_t row, const Error& why) { return lost(row % images, why); });
}

}  // namespace graft::comparing
