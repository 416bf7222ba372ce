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
#include "core/training/torch/Precisions.h"

namespace graft::training {

namespace {

// Changes when the same settings give other features than before.
constexpr const char* kVersion = "features 5";

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
        source->choose(rows, std::move(examples), why);
    }
    source->tell(rows, why);
    return source;
}

std::unique_ptr<FeatureSource> FeatureSource::ofMeans(const backbones::Network& network,
                                                      const settings::TrainConfig& config, c10::Device device,
                                                      const std::vector<std::size_t>& behind,
                                                      const std::set<RowKey>& rows,
                                                      std::vector<data::LoadJob> examples) {
    std::unique_ptr<FeatureSource> source(new FeatureSource(network, config, device));
    source->m_units = behind.back();
    source->m_means = behind;
    Message why;
    source->m_keeps = source->fitsBudget(rows.size(), why);
    source->choose(rows, std::move(examples), why);
    source->tell(rows, why);
    return source;
}

void FeatureSource::choose(const std::set<RowKey>& rows, std::vector<data::LoadJob> examples, Message& why) {
    openStore(frozenType(m_config, m_device), rows, why);
    // What has these images' rows was found good with them.
    const bool begun = !m_means.empty() ? present(rows) > 0
                                        : std::ranges::all_of(examples, [&](const data::LoadJob& example) {
                                              return has(exactKey(example.sha256));
                                          });
    if (m_type != torch::kFloat && !begun && !agreesWithFloat32(std::move(examples)))
        openStore(torch::kFloat, rows, why);
}

void FeatureSource::tell(const std::set<RowKey>& rows, const Message& why) {
    m_keeps = m_keeps && m_store;
    const std::string& unit = m_network.units()[m_units - 1].name;
    const Message size = gigabytes(rows.size() * rowBytes());
    const std::size_t there = m_keeps ? present(rows) : 0;
    const Message kept =
        m_keeps && there == 0
            ? Message(
                  GRAFT_TEXT("Features behind {1} are cached from now on: none of {2} is there yet, {3} in "
                             "all."),
                  unit, rows.size(), size)
        : m_keeps
            ? Message(GRAFT_TEXT("Features behind {1} are cached: {2} of {3} are there, {4} in all."), unit,
                      there, rows.size(), size)
            : Message(GRAFT_TEXT("Features behind {1} are not kept: they are computed in every epoch, the "
                                 "same numbers."),
                      unit);
    m_message = joined(joined(why, kept), m_precision);
}

at::Tensor FeatureSource::exactFeatures(const at::Tensor& images) const {
    return m_means.empty() ? m_network.featuresOf(images, m_units) : m_network.meansBehind(images, m_means);
}

std::unique_ptr<backbones::FrozenPrefix> FeatureSource::makePrefix(c10::ScalarType type) const {
    const int side = m_config.preprocess.cropSize;
    if (!m_means.empty())
        return std::make_unique<backbones::FrozenPrefix>(m_network, m_means, side, m_device, type);
    return std::make_unique<backbones::FrozenPrefix>(m_network, m_units, side, m_device, type);
}

const char* FeatureSource::typeName() const {
    return m_type == torch::kHalf ? "float16" : m_type == torch::kBFloat16 ? "bfloat16" : "float32";
}

bool FeatureSource::fitsBudget(std::size_t rows, Message& why) {
    const int side = m_config.preprocess.cropSize;
    const at::Tensor example =
        exactFeatures(backbones::Network::toInput(torch::zeros({1, 3, side, side}), m_device));
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
    if (!m_means.empty()) name.add(fmt::format("means {}\n", fmt::join(m_means, ",")));
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
        m_prefix = makePrefix(m_type);
        const at::Tensor exact = exactFeatures(images).flatten(1);
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

}  // namespace graft::training
