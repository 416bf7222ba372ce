// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/training/torch/FeatureSource.h"

#include <fmt/format.h>
#include <torch/types.h>
#include <torch/utils.h>
#include <torch/version.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <new>
#include <utility>

#include "core/base/detail/AtomicFile.h"
#include "core/base/detail/Hash.h"
#include "core/runtime/torch/CpuArithmetic.h"
#include "core/settings/Mixing.h"
#include "core/training/FeatureCache.h"
#include "core/training/torch/NotFinite.h"
#include "core/training/torch/Precisions.h"

namespace graft::training {

namespace {

constexpr std::int64_t kLookedAt = 4;  // images whose features are computed layer by layer, too

// Changes when the same settings give other features than before.
constexpr const char* kVersion = "features 5";

// Images that a CPU runs through the prefix at once: more are no faster, and need more memory.
constexpr std::int64_t kAtOnce = 16;

std::string textOf(const data::PreprocessOptions& p) {
    return fmt::format("{} {} {} {} {}", p.resizeSize, p.cropSize, data::interpolationName(p.interpolation),
                       fmt::join(p.mean, ","), fmt::join(p.deviation, ","));
}

c10::ScalarType typeFrom(const std::string& name) {
    return name == "float16" ? torch::kHalf : name == "bfloat16" ? torch::kBFloat16 : torch::kFloat;
}

Message gigabytes(std::uint64_t bytes) {
    if (bytes >= 100'000'000)
        return {GRAFT_TEXT("{1} GB"), fmt::format("{:.1f}", static_cast<double>(bytes) / 1e9)};
    return {GRAFT_TEXT("{1} MB"), fmt::format("{:.1f}", static_cast<double>(bytes) / 1e6)};
}

// One sentence behind another; either may be empty.
Message joined(const Message& first, const Message& second) {
    if (first.empty() || second.empty()) return first.empty() ? second : first;
    return {GRAFT_TEXT("{1} {2}"), first, second};
}

}  // namespace

FeatureSource::FeatureSource(const backbones::Network& network, const settings::TrainConfig& config,
                             c10::Device device)
    : m_network(network), m_config(config), m_device(device) {}

std::unique_ptr<FeatureSource> FeatureSource::create(const backbones::Network& network,
                                                     const settings::TrainConfig& config, c10::Device device,
                                                     const std::set<RowKey>& rows,
                                                     std::vector<data::LoadJob> examples,
                                                     const std::optional<FeatureDecision>& decided) {
    const std::size_t units = decided ? decided->units : network.frozenPrefix();
    if (!settings::mayKeepFeatures(config) || units == 0 || (decided && !decided->used)) return nullptr;
    std::unique_ptr<FeatureSource> source(new FeatureSource(network, config, device));
    source->m_units = units;
    Message why;
    source->m_keeps = source->fitsBudget(rows.size(), why);
    if (decided) {
        source->openStore(typeFrom(decided->type), rows, why);
    } else {
        source->openStore(frozenType(config, device), rows, why);
        // What has these images' rows was found good with them.
        const bool begun = std::ranges::all_of(
            examples, [&](const data::LoadJob& example) { return source->has(exactKey(example.sha256)); });
        if (source->m_type != torch::kFloat && !begun && !source->agreesWithFloat32(std::move(examples)))
            source->openStore(torch::kFloat, rows, why);
    }
    source->m_keeps = source->m_keeps && source->m_store;
    const std::string& unit = network.units()[units - 1].name;
    const Message size = gigabytes(rows.size() * source->rowBytes());
    const std::size_t present = source->m_keeps ? source->present(rows) : 0;
    const Message kept =
        source->m_keeps && present == 0
            ? Message(
                  GRAFT_TEXT("Features behind {1} are cached from now on: none of {2} is there yet, {3} in "
                             "all."),
                  unit, rows.size(), size)
        : source->m_keeps
            ? Message(GRAFT_TEXT("Features behind {1} are cached: {2} of {3} are there, {4} in all."), unit,
                      present, rows.size(), size)
            : Message(GRAFT_TEXT("Features behind {1} are not kept: they are computed in every epoch, the "
                                 "same numbers."),
                      unit);
    source->m_message = joined(joined(why, kept), source->m_precision);
    return source;
}

const char* FeatureSource::typeName() const {
    return m_type == torch::kHalf ? "float16" : m_type == torch::kBFloat16 ? "bfloat16" : "float32";
}

bool FeatureSource::fitsBudget(std::size_t rows, Message& why) {
    const int side = m_config.preprocess.cropSize;
    const at::Tensor example = m_network.featuresOf(
        backbones::Network::toInput(torch::zeros({1, 3, side, side}), m_device), m_units);
    m_shape = example.sizes().slice(1).vec();
    const std::uint64_t needed = static_cast<std::uint64_t>(rows) * rowBytes();
    const std::uint64_t budget = featureCacheBudget(m_config.cache);
    if (needed <= budget) return true;
    why = Message(GRAFT_TEXT("The features behind {1} would take {2} on the disk; the cache may have {3}."),
                  m_network.units()[m_units - 1].name, gigabytes(needed), gigabytes(budget));
    return false;
}

std::size_t FeatureSource::rowBytes() const {
    const std::size_t numbers = static_cast<std::size_t>(c10::multiply_integers(m_shape));
    return numbers * (m_config.cache.halfPrecision ? 2 : 4);
}

std::size_t FeatureSource::present(const std::set<RowKey>& rows) const {
    return static_cast<std::size_t>(
        std::ranges::count_if(rows, [this](const RowKey& key) { return has(key); }));
}

void FeatureSource::openStore(c10::ScalarType type, const std::set<RowKey>& rows, Message& why) {
    m_type = type;
    m_store.reset();
    base::Hasher name;
    // The shape too: one head pools the last map in its first step, another does not. What computes them as
    // well: another LibTorch, device or set of instructions gives other last digits.
    name.add(fmt::format("{}\n{}\n{}\n{}\n{}\n{}\n{}\n{}\n{}\n", kVersion, m_config.backbone, m_units,
                         fmt::join(m_shape, ","), textOf(m_config.preprocess), m_config.cache.halfPrecision,
                         c10::toString(type), TORCH_VERSION,
                         m_device.is_cuda() ? "cuda" : runtime::calculatorName()));
    name.add(
        backbones::FrozenPrefix::fingerprint(m_network, m_units, m_config.preprocess.cropSize, m_device));
    const std::string file = featureCacheFolder() + "/" + name.hex().substr(0, 40) + ".features";
    std::error_code ignored;
    // Where nothing may be added, what is there is still read.
    if (!m_keeps && !std::filesystem::exists(file, ignored)) return;
    if (const auto made = base::makeFolder(featureCacheFolder()); !made) {
        why = made.error().text();
        return;
    }
    const auto open = [&] {
        auto store = FeatureStore::open(file, rowBytes());
        if (!store) why = store.error().text();
        m_store = store ? std::move(*store) : nullptr;
        return m_store != nullptr;
    };
    if (!open() || !m_keeps) return;
    const std::uint64_t budget = featureCacheBudget(m_config.cache);
    std::uint64_t needed = (rows.size() - present(rows)) * rowBytes();
    if (needed > 0 && m_store->size() * rowBytes() + needed > budget) {
        // Rows of other folders, behind the same network, fill the budget: begin anew. Who reads them goes
        // on.
        std::filesystem::remove(file, ignored);
        if (!open()) return;
        needed = rows.size() * rowBytes();
    }
    std::filesystem::last_write_time(file, std::filesystem::file_time_type::clock::now(), ignored);
    makeRoomInFeatureCache(needed, budget, file);
}

bool FeatureSource::agreesWithFloat32(std::vector<data::LoadJob> examples) {
    const std::string name = typeName();
    data::LoaderOptions options;
    options.preprocess = m_config.preprocess;
    options.ends = {examples.size()};
    data::BatchLoader loader(std::move(examples), options);
    const auto batch = loader.next();
    if (!batch || batch->jobs.empty()) return false;
    const at::Tensor images = backbones::Network::toInput(batch->images, m_device);
    double cosine = 0;
    try {
        m_prefix = std::make_unique<backbones::FrozenPrefix>(m_network, m_units, m_config.preprocess.cropSize,
                                                             m_device, m_type);
        const at::Tensor exact = m_network.featuresOf(images, m_units).flatten(1);
        const at::Tensor features = (*m_prefix)(images).flatten(1);
        cosine = at::cosine_similarity(exact, features, 1).min().item<double>();
    } catch (const std::bad_alloc&) {
        throw;
    } catch (const std::exception&) {  // not every operator is there in every type; TorchScript throws what
                                       // it likes
        m_prefix.reset();
        m_precision =
            Message(GRAFT_TEXT("LibTorch cannot compute them in {1}; they are computed in float32."), name);
        return false;
    }
    if (!std::isfinite(cosine)) {
        m_precision = Message(GRAFT_TEXT("They are not finite in {1}; they are computed in float32."), name);
        m_prefix.reset();
        return false;
    }
    const bool agrees = cosine >= kLowestCosine;
    m_precision = Message(
        agrees
            ? GRAFT_TEXT("Their cosine to float32 is at least {1} in {2} ({3} images).")
            : GRAFT_TEXT("Their cosine to float32 is at least {1} in {2} ({3} images), which is too little; "
                         "they are computed in float32."),
        fmt::format("{:.6f}", cosine), name, batch->jobs.size());
    if (!agrees) m_prefix.reset();
    return agrees;
}

std::uint64_t FeatureSource::bytes() const {
    return m_store ? m_store->size() * m_store->rowBytes() : 0;
}

void FeatureSource::begin(std::vector<FeatureJob> jobs, const data::LoaderOptions& options) {
    m_jobs = std::move(jobs);
    m_options = options;
    m_ends = data::BatchLoader::batchEnds(m_jobs.size(), options.batchSize);
    m_missing.assign(m_ends.size(), {});
    m_next = options.firstBatch;

    std::vector<data::LoadJob> loads;
    data::LoaderOptions missingOptions = options;
    missingOptions.firstBatch = 0;
    std::size_t job = m_next == 0 ? 0 : m_ends[m_next - 1];
    for (std::size_t batch = m_next; batch < m_ends.size(); ++batch) {
        for (; job < m_ends[batch]; ++job) {
            if (has(m_jobs[job].key)) continue;
            m_missing[batch].push_back(job);
            loads.push_back(m_jobs[job].load);
        }
        if (!m_missing[batch].empty()) missingOptions.ends.push_back(loads.size());
    }
    m_loader.reset();  // joins the workers of a pass that was not read to its end
    if (!loads.empty()) m_loader = std::make_unique<data::BatchLoader>(std::move(loads), missingOptions);
}

at::Tensor FeatureSource::emptyRows(std::size_t count) const {
    std::vector<std::int64_t> shape = m_shape;
    if (shape.size() == 3) shape = {m_shape[1], m_shape[2], m_shape[0]};
    shape.insert(shape.begin(), static_cast<std::int64_t>(count));
    return torch::empty(shape, m_config.cache.halfPrecision ? torch::kHalf : torch::kFloat);
}

std::optional<data::Batch> FeatureSource::next() {
    if (m_next >= m_ends.size() || m_error) return std::nullopt;
    const std::size_t batch = m_next++;
    Rows rows;
    rows.firstJob = batch == 0 ? 0 : m_ends[batch - 1];
    rows.present.assign(m_ends[batch] - rows.firstJob, false);

    const at::Tensor stored = emptyRows(rows.present.size());
    std::vector<std::size_t> damaged;
    std::size_t missing = 0;
    for (std::size_t row = 0; row < rows.present.size(); ++row) {
        const std::size_t job = rows.firstJob + row;
        if (missing < m_missing[batch].size() && m_missing[batch][missing] == job) {
            ++missing;
            continue;
        }
        auto* bytes = static_cast<std::uint8_t*>(stored.data_ptr()) + row * rowBytes();
        rows.present[row] = m_store->read(m_jobs[job].key, {bytes, rowBytes()});
        if (!rows.present[row]) damaged.push_back(job);
    }
    rows.values = stored.to(torch::kFloat);

    if (missing > 0) {
        if (const auto images = m_loader->next()) compute(*images, m_missing[batch], rows);
    }
    if (!damaged.empty()) {
        std::vector<data::LoadJob> loads;
        for (const std::size_t job : damaged)
            loads.push_back(m_jobs[job].load);
        data::LoaderOptions options = m_options;
        options.firstBatch = 0;
        options.ends = {loads.size()};
        data::BatchLoader loader(std::move(loads), options);
        if (const auto images = loader.next()) compute(*images, damaged, rows);
    }
    if (m_error) return std::nullopt;
    return batchOf(rows);
}

backbones::FrozenPrefix& FeatureSource::prefixIn(c10::ScalarType type) {
    auto& prefix = type == m_type ? m_prefix : m_exactPrefix;
    if (!prefix) {
        prefix = std::make_unique<backbones::FrozenPrefix>(m_network, m_units, m_config.preprocess.cropSize,
                                                           m_device, type);
    }
    return *prefix;
}

at::Tensor FeatureSource::runPrefix(const at::Tensor& images, const std::vector<bool>& exact) {
    std::vector<at::Tensor> parts;
    const auto count = static_cast<std::int64_t>(exact.size());
    const std::int64_t most = m_device.is_cuda() ? count : kAtOnce;
    for (std::int64_t first = 0; first < count;) {
        const bool isExact = exact[static_cast<std::size_t>(first)];
        std::int64_t end = first + 1;
        while (end < count && end - first < most && exact[static_cast<std::size_t>(end)] == isExact)
            ++end;
        const at::Tensor some = backbones::Network::toInput(images.slice(0, first, end), m_device);
        parts.push_back(prefixIn(isExact ? torch::kFloat : m_type)(some).to(torch::kCPU));
        first = end;
    }
    return at::cat(parts);
}

std::optional<Error> FeatureSource::notFinite(const at::Tensor& features, const data::Batch& images,
                                              const std::vector<std::size_t>& jobs) const {
    const at::Tensor finite = at::isfinite(features).flatten(1).all(1);
    for (std::int64_t i = 0; i < finite.size(0); ++i) {
        if (finite[i].item<bool>()) continue;
        const std::size_t job = jobs[images.jobs[static_cast<std::size_t>(i)] - images.firstJob];
        return NotFinite(m_network, m_config, m_device)
            .ofFeatures(images.images.slice(0, i, i + 1), m_jobs[job].load.path, m_units, typeName());
    }
    return std::nullopt;
}

void FeatureSource::compute(const data::Batch& images, const std::vector<std::size_t>& jobs, Rows& rows) {
    const std::size_t firstLoad = images.firstJob;
    for (const data::Unreadable& image : images.unreadable)
        rows.unreadable.push_back({jobs[image.job - firstLoad], image.why});
    if (images.jobs.empty()) return;
    // A fused ReLU makes 0 of nan: whether the numbers stay finite is seen in the layers as they are, once.
    if (!std::exchange(m_lookedAtLayers, true)) {
        const at::Tensor some = images.images.slice(0, 0, kLookedAt);
        if (const auto bad = notFinite(
                m_network.featuresOf(backbones::Network::toInput(some, m_device), m_units), images, jobs))
            m_error = bad;
    }
    std::vector<bool> exact;
    for (const std::size_t loaded : images.jobs)
        exact.push_back(m_jobs[jobs[loaded - firstLoad]].exact);
    at::Tensor features = runPrefix(images.images, exact);
    if (!m_error) m_error = notFinite(features, images, jobs);
    if (m_error) return;
    if (m_shape.size() == 3) features = features.permute({0, 2, 3, 1});
    features = features.contiguous();
    const at::Tensor stored = features.to(emptyRows(0).scalar_type());
    // What half precision cannot hold stays as it is, and out of the cache.
    const at::Tensor fits = at::isfinite(stored).flatten(1).all(1);
    const at::Tensor kept = stored.to(torch::kFloat);

    std::vector<RowKey> keys;
    std::vector<std::uint8_t> bytes;
    for (std::size_t i = 0; i < images.jobs.size(); ++i) {
        const std::size_t job = jobs[images.jobs[i] - firstLoad];
        const auto index = static_cast<std::int64_t>(i);
        const std::size_t row = job - rows.firstJob;
        const bool storable = fits[index].item<bool>();
        rows.values[static_cast<std::int64_t>(row)].copy_(storable ? kept[index] : features[index]);
        rows.present[row] = true;
        const auto other = std::ranges::find(images.replaced, images.jobs[i], &data::Replaced::job);
        if (other != images.replaced.end()) rows.replaced.push_back({job, other->sha256});
        if (!storable || other != images.replaced.end()) continue;
        const auto* start = static_cast<const std::uint8_t*>(stored.data_ptr()) + i * rowBytes();
        keys.push_back(m_jobs[job].key);
        bytes.insert(bytes.end(), start, start + rowBytes());
    }
    if (keys.empty() || !m_keeps || !m_failure.empty()) return;
    if (const auto added = m_store->append(keys, bytes); !added) m_failure = added.error().text();
}

data::Batch FeatureSource::batchOf(const Rows& rows) const {
    data::Batch batch;
    batch.firstJob = rows.firstJob;
    std::vector<std::int64_t> labels;
    std::vector<std::int64_t> there;
    for (std::size_t row = 0; row < rows.present.size(); ++row) {
        if (!rows.present[row]) continue;
        batch.jobs.push_back(rows.firstJob + row);
        labels.push_back(m_jobs[rows.firstJob + row].load.label);
        there.push_back(static_cast<std::int64_t>(row));
    }
    batch.unreadable = rows.unreadable;
    std::ranges::sort(batch.unreadable, {}, &data::Unreadable::job);
    batch.replaced = rows.replaced;
    batch.labels = torch::tensor(labels, torch::kLong);
    const bool all = there.size() == rows.present.size();
    batch.images = all ? rows.values : rows.values.index_select(0, torch::tensor(there, torch::kLong));
    if (m_shape.size() == 3) batch.images = batch.images.permute({0, 3, 1, 2});
    return batch;
}

}  // namespace graft::training
