// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/training/torch/PhaseBatches.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <set>
#include <utility>

#include "core/base/Seed.h"
#include "core/training/FeatureCache.h"
#include "core/training/detail/Seeds.h"

namespace graft::training {

namespace {

constexpr std::size_t kPrecisionExamples = 8;

// For decoded pictures that the next epoch needs again.
std::size_t bytesForImages() {
    constexpr std::size_t kMost = 256U << 20;
    const long pages = sysconf(_SC_AVPHYS_PAGES);
    const long pageBytes = sysconf(_SC_PAGESIZE);
    if (pages <= 0 || pageBytes <= 0) return 0;
    return std::min(kMost, static_cast<std::size_t>(pages) * static_cast<std::size_t>(pageBytes) / 8);
}

}  // namespace

bool PhaseBatches::mayKeep() const {
    return m_config.cache.variants > 0 && !m_config.freeze.frozenUnits.empty();
}

Result<void> PhaseBatches::start(backbones::Network& network, const Validation& validation,
                                 c10::Device device, const std::optional<Decisions>& decided) {
    m_pinned = device.is_cuda();
    m_variants = mayKeep() ? std::min(m_config.cache.variants, m_config.epochs) : 0;
    std::set<RowKey> rows(validation.keys().begin(), validation.keys().end());
    for (int variant = 0; variant < m_variants; ++variant) {
        for (const std::size_t index : m_images.training())
            rows.insert(
                FeatureSource::variantKey(m_images.dataset().samples[index], m_config.augment, variant));
    }
    if (decided && decided->features && (decided->units < 1 || decided->units > network.frozenPrefix())) {
        return fail(ErrorCode::BadFormat,
                    fmt::format("The run's features cannot end behind unit {}: {} are frozen. The file was "
                                "edited; start the run anew.",
                                decided->units, network.frozenPrefix()));
    }
    network.train(false);                 // what measures the features must not move a statistic
    std::vector<data::LoadJob> examples;  // of all classes: the images are in their order
    const std::size_t images = validation.images().size();
    for (std::size_t i = 0; i < std::min(images, kPrecisionExamples); ++i)
        examples.push_back(validation.images()[i * images / std::min(images, kPrecisionExamples)]);
    m_features = FeatureSource::create(network, m_config, device, rows, std::move(examples), decided);
    // Where features are kept, an image is decoded once for each variant: that is seldom enough.
    if (!keeps()) m_memory = std::make_shared<data::ImageMemory>(bytesForImages());
    return {};
}

void PhaseBatches::decide(Decisions& decisions) const {
    decisions.features = m_features != nullptr;
    decisions.units = unitsDone();
    if (m_features) decisions.type = m_features->typeName();
    decisions.budgetBytes = mayKeep() ? featureCacheBudget(m_config.cache) : 0;
}

std::string PhaseBatches::takeFailure() {
    if (!m_features || m_toldFailure || m_features->failure().empty()) return {};
    m_toldFailure = true;
    return m_features->failure();
}

std::vector<FeatureJob> PhaseBatches::jobs(int epoch) const {
    const auto number = static_cast<std::uint64_t>(epoch);
    std::vector<std::size_t> order = m_images.training();
    base::RandomStream random(base::deriveSeed(m_config.seed, kShuffle, number));
    for (std::size_t i = order.size(); i > 1; --i)
        std::swap(order[i - 1], order[random.below(i)]);
    std::vector<FeatureJob> jobs;
    for (const std::size_t index : order) {
        const data::Sample& sample = m_images.dataset().samples[index];
        FeatureJob job{
            {m_images.dataset().absolutePath(sample), sample.classIndex, 0, sample.sha256}, {}, index};
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

PhaseBatches::Next PhaseBatches::batches(std::vector<FeatureJob> jobs, std::size_t firstBatch) {
    data::LoaderOptions options;
    options.batchSize = static_cast<std::size_t>(m_config.batchSize);
    options.preprocess = m_config.preprocess;
    options.augment = m_config.augment;
    options.threads = m_config.loaderThreads;
    options.pinned = m_pinned;
    options.memory = m_memory;
    options.firstBatch = firstBatch;
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

}  // namespace graft::training
