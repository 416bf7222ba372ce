// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/session/CostMeasure.h"

#include <algorithm>
#include <utility>

#include "core/runtime/RunControl.h"
#include "core/training/FeatureCache.h"
#include "ui/session/Background.h"
#include "ui/session/DatasetSummary.h"
#include "ui/session/NetworkMeasure.h"
#include "ui/session/Project.h"
#include "ui/session/ProjectPart.h"
#include "ui/session/RateSearch.h"
#include "ui/session/RunNews.h"

namespace graft::ui {

namespace {
constexpr int kRestMs = 1500;
}

struct CostMeasure::Job {
    runtime::RunControl control;
};

CostMeasure::CostMeasure(Project& project) : QObject(&project), m_project(project) {
    m_rest.setSingleShot(true);
    m_rest.setInterval(kRestMs);
    connect(&m_rest, &QTimer::timeout, this, &CostMeasure::measure);
    connect(&project, &Project::configChanged, this, &CostMeasure::consider);
    connect(&project, &Project::datasetChanged, this, &CostMeasure::consider);
    connect(&project, &Project::summaryChanged, this, &CostMeasure::consider);
    connect(&projectPart<RunNews>(project), &RunNews::runningChanged, this, [this] {
        if (m_job && projectPart<RunNews>(m_project).running()) m_job->control.stop();
        restOrMeasure();
    });
    connect(&projectPart<RateSearch>(project), &RateSearch::finished, this, &CostMeasure::restOrMeasure);
    consider();
}

CostMeasure::~CostMeasure() {
    if (m_job) m_job->control.stop();
}

void CostMeasure::setWatched(bool isWatched) {
    m_isWatched = isWatched;
    if (!isWatched && m_job) m_job->control.stop();
    if (isWatched) consider();
}

CostMeasure::NetworkKey CostMeasure::networkKey(const settings::TrainConfig& config) {
    return {config.backbone,
            config.device,
            config.optimizer.kind,
            config.preprocess.cropSize,
            config.batchSize,
            config.threads,
            config.precision,
            config.cache.halfPrecision,
            config.optimizer.momentum > 0};
}

CostMeasure::ImagesKey CostMeasure::imagesKey(const settings::TrainConfig& config) const {
    return {m_project.dataset(), config.preprocess, config.augment};
}

void CostMeasure::consider() {
    if (m_isWatched) lookUp();
    estimate();
    restOrMeasure();
}

// On a worker: it loads the engine, and asks the disk.
void CostMeasure::lookUp() {
    const settings::TrainConfig& config = m_project.config();
    const NetworkKey key = networkKey(config);
    const bool isKnown = key == m_lookedUp && config.cache.budgetGigabytes == m_cacheGigabytes;
    if (isKnown || m_lookingUp || !m_project.summary()) return;
    m_lookingUp = key;
    struct Found {
        Result<training::NetworkTimes> times;
        Room room;
    };
    runInBackground(
        this,
        [config]() -> std::shared_ptr<Found> {
            runtime::RunControl control;
            auto times = training::networkTimes(config, training::Measure::Never, control);
            return std::make_shared<Found>(Found{
                std::move(times),
                {training::featureCacheBudget(config.cache), training::memoryFor(training::NetworkTimes())}});
        },
        [this, key, gigabytes = config.cache.budgetGigabytes](const std::shared_ptr<Found>& found) {
            m_lookingUp.reset();
            m_lookedUp = key;
            m_cacheGigabytes = gigabytes;
            if (!found) return;  // what it threw was logged
            m_room = found->room;
            if (found->times) takeTimes(key, std::move(found->times));
            consider();
        });
}

void CostMeasure::takeTimes(const NetworkKey& key, Result<training::NetworkTimes> times) {
    if (!times) {
        if (times.error().code != ErrorCode::Cancelled) m_failed = key;
        return;
    }
    std::erase_if(m_times, [&](const auto& known) { return known.first == key; });
    m_times.emplace_back(key, std::move(*times));
}

bool CostMeasure::mayMeasure() const {
    const settings::TrainConfig& config = m_project.config();
    const NetworkKey key = networkKey(config);
    const bool isLeft = (timesOf(key, true) == nullptr && key != m_failed) || imagesKey(config) != m_loaded;
    return isLeft && m_isWatched && !m_job && key == m_lookedUp && m_project.dataset() && m_cost &&
           !projectPart<RunNews>(m_project).running() && !projectPart<RateSearch>(m_project).isActive();
}

void CostMeasure::restOrMeasure() {
    if (mayMeasure()) {
        m_rest.start();
    } else {
        m_rest.stop();
    }
}

void CostMeasure::measure() {
    if (!mayMeasure()) return;
    m_job = std::make_shared<Job>();
    emit changed();
    const settings::TrainConfig& config = m_project.config();
    const NetworkKey network = networkKey(config);
    const ImagesKey images = imagesKey(config);
    struct Measured {
        Result<training::LoadTimes> loads;
        Result<training::NetworkTimes> times;
    };
    runInBackground(
        this,
        [job = m_job, config, images] {
            auto loads = training::measureLoading(*images.dataset, config, job->control);
            return std::make_shared<Measured>(
                Measured{std::move(loads),
                         training::networkTimes(config, training::Measure::IfNotKept, job->control)});
        },
        [this, network, images](const std::shared_ptr<Measured>& measured) {
            m_job.reset();
            if (measured && measured->loads) {
                m_loads = *measured->loads;
                m_loaded = images;
            }
            if (measured) {
                takeTimes(network, std::move(measured->times));
            } else {
                m_failed = network;  // what it threw was logged
            }
            consider();
        });
}

const training::NetworkTimes* CostMeasure::timesOf(const NetworkKey& key, bool isExact) const {
    const auto found = std::ranges::find_if(m_times, [&](const auto& known) { return known.first == key; });
    if (found != m_times.end()) return &found->second;
    if (isExact) return nullptr;
    const auto similar = std::ranges::find_if(m_times, [&](const auto& known) {
        NetworkKey same = known.first;
        same.batchSize = key.batchSize;
        same.optimizer = key.optimizer;
        same.hasMomentum = key.hasMomentum;
        return same == key;
    });
    return similar != m_times.end() ? &similar->second : nullptr;
}

void CostMeasure::estimate() {
    m_cost.reset();
    m_cautions.clear();
    const settings::TrainConfig& config = m_project.config();
    const auto summary = m_project.summary();
    const auto images = m_project.datasetSummary();
    const auto dataset = m_project.dataset();
    const bool isCurrent =
        summary && summary->name == config.backbone && summary->inputSize == config.preprocess.cropSize;
    if (isCurrent && images && dataset) {
        const training::NetworkTimes* known = timesOf(networkKey(config), false);
        const training::NetworkTimes times =
            known != nullptr ? *known : training::roughTimes(*summary, config);
        const training::LoadTimes loads =
            imagesKey(config) == m_loaded ? m_loads : training::roughLoadTimes();
        const int outputs = projectPart<NetworkMeasure>(m_project).outputs();
        const auto costWith = [&](const settings::TrainConfig& other) {
            return training::costOf({other, images->all.train, images->all.validation, outputs, m_room.cache},
                                    *summary, times, loads);
        };
        if (auto cost = costWith(config)) m_cost = std::move(*cost);
        const auto memory =
            times.device == "cpu" ? m_room.memory : static_cast<std::uint64_t>(times.deviceMemory);
        m_cautions = training::cautions({config, *summary, images->all.train, dataset->classes.size(),
                                         m_cost ? &*m_cost : nullptr, memory, costWith});
    }
    emit changed();
}

}  // namespace graft::ui
