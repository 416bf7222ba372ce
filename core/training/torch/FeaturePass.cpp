// SPDX-License-Identifier: GPL-3.0-or-later
// A pass of a FeatureSource over its jobs: what is in the cache is read, what is not is computed and added.
#include <torch/types.h>
#include <torch/utils.h>

#include <algorithm>
#include <utility>

#include "core/training/torch/FeatureSource.h"
#include "core/training/torch/NotFinite.h"

namespace graft::training {

namespace {

constexpr std::int64_t kLookedAt = 4;  // images whose features are computed layer by layer, too

// Images that a CPU runs through the prefix at once: more are no faster, and need more memory.
constexpr std::int64_t kAtOnce = 16;

}  // namespace

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
    if (!prefix) prefix = makePrefix(type);
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
        const at::Tensor exact = exactFeatures(backbones::Network::toInput(some, m_device));
        if (const auto bad = notFinite(exact, images, jobs)) m_error = bad;
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
