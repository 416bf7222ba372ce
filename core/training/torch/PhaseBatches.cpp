// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/training/torch/PhaseBatches.h"

#include <unistd.h>

#include <algorithm>
#include <set>
#include <utility>

#include "core/base/Seed.h"
#include "core/settings/HeadSolving.h"
#include "core/settings/Mixing.h"
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

// The solver asks for all of them in its one epoch.
int variantsOf(const settings::TrainConfig& config) {
    return settings::solvesHead(config) ? config.cache.variants
                                        : std::min(config.cache.variants, config.epochs);
}

}  // namespace

bool PhaseBatches::mayKeep() const {
    return !settings::mixesImages(m_config) && m_config.cache.variants > 0 &&
           !m_config.freeze.frozenUnits.empty();
}

Result<void> PhaseBatches::start(backbones::Network& network, const Validation& validation,
                                 c10::Device device, const std::optional<FeatureDecision>& decided) {
    m_pinned = device.is_cuda();
    m_variants = mayKeep() ? variantsOf(m_config) : 0;
    std::set<RowKey> rows(validation.keys().begin(), validation.keys().end());
    const std::string look = lookOf(m_config);
    for (int variant = 0; variant < m_variants; ++variant) {
        for (const std::size_t index : m_images.training())
            rows.insert(variantKey(m_images.dataset().samples[index], look, variant));
    }
    if (decided && decided->used && (decided->units < 1 || decided->units > network.frozenPrefix())) {
        return fail(ErrorCode::BadFormat,
                    {GRAFT_TEXT("The run's features cannot end behind unit {1}: {2} are frozen. The file was "
                                "edited; start the run anew."),
                     decided->units, network.frozenPrefix()});
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

FeatureDecision PhaseBatches::decision() const {
    FeatureDecision decision;
    decision.used = m_features != nullptr;
    decision.units = unitsDone();
    if (m_features) decision.type = m_features->typeName();
    decision.budgetBytes = mayKeep() ? featureCacheBudget(m_config.cache) : 0;
    return decision;
}

Message PhaseBatches::takeFailure() {
    if (!m_features || m_toldFailure || m_features->failure().empty()) return {};
    m_toldFailure = true;
    return m_features->failure();
}

std::vector<Drawn> PhaseBatches::order(std::uint64_t epoch) const {
    const std::vector<std::size_t>& images = m_images.training();
    if (!m_config.oversample || settings::solvesHead(m_config))
        return epochOrder(images, m_config.seed, epoch);
    std::vector<int> classes;
    for (const std::size_t index : images)
        classes.push_back(m_images.dataset().samples[index].classIndex);
    return balancedOrder(images, classes, m_config.seed, epoch);
}

std::vector<FeatureJob> PhaseBatches::jobs(int epoch) const {
    const auto number = static_cast<std::uint64_t>(epoch);
    const std::vector<data::Sample>& samples = m_images.dataset().samples;
    std::vector<FeatureJob> jobs;
    const std::string look = lookOf(m_config);
    for (const auto& [index, repeat] : order(number)) {
        const data::Sample& sample = samples[index];
        FeatureJob job{
            {m_images.dataset().absolutePath(sample), sample.classIndex, 0, sample.sha256}, {}, index};
        if (m_features) {
            const int variant = (epoch - m_firstEpoch + static_cast<int>(repeat)) % m_variants;
            job.key = variantKey(sample, look, variant);
            job.load.seed = variantSeed(sample, variant);
        } else {
            job.load.seed =
                base::deriveSeed(m_config.seed, kAugment, number, index + repeat * samples.size());
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
