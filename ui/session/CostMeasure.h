// SPDX-License-Identifier: GPL-3.0-or-later
// What the next run will cost, and what a person should know of it: at once with every change of the
// settings, in microseconds, from times that are guessed at first and then measured on a worker thread, once
// for each network and data set. Lives in the GUI thread; nothing here waits.
#pragma once

#include <QObject>
#include <QTimer>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/data/DatasetIndex.h"
#include "core/settings/TrainConfig.h"
#include "core/training/Cautions.h"
#include "core/training/Cost.h"

namespace graft::ui {

class Project;

class CostMeasure : public QObject {
    Q_OBJECT

  public:
    explicit CostMeasure(Project& project);
    // What is being measured ends by itself after the unit in hand, and is kept by nobody.
    ~CostMeasure() override;

    // None while there are no images or no network, or what the phases are to be is not said yet.
    const std::optional<training::Cost>& cost() const { return m_cost; }
    const std::vector<training::Caution>& cautions() const { return m_cautions; }
    bool isMeasuring() const { return m_job != nullptr; }

    // It is measured only while somebody looks on, after a moment without changes, and never beside a
    // training.
    void setWatched(bool isWatched);
    // That moment, for those who cannot wait for it.
    void setRest(int milliseconds) { m_rest.setInterval(milliseconds); }

  signals:
    void changed();

  private:
    // What times depend on.
    struct NetworkKey {
        std::string backbone, device, optimizer;
        int crop = 0;
        int batchSize = 0;
        int threads = 0;
        settings::Precision precision = settings::Precision::Auto;
        bool halfPrecision = false;
        bool hasMomentum = false;
        bool operator==(const NetworkKey&) const = default;
    };
    struct ImagesKey {
        std::shared_ptr<const data::DatasetIndex> dataset;
        data::PreprocessOptions preprocess;
        data::AugmentOptions augment;
        bool operator==(const ImagesKey&) const = default;
    };
    struct Room {
        std::uint64_t cache = 0;
        std::uint64_t memory = 0;  // the CPU's
    };
    struct Job;

    static NetworkKey networkKey(const settings::TrainConfig& config);
    ImagesKey imagesKey(const settings::TrainConfig& config) const;
    void consider();
    void lookUp();  // what was measured before
    void takeTimes(const NetworkKey& key, Result<training::NetworkTimes> times);
    void restOrMeasure();
    bool mayMeasure() const;
    void measure();
    void estimate();
    // Null: it was not measured. Else of another batch size or optimizer, which changes little.
    const training::NetworkTimes* timesOf(const NetworkKey& key, bool isExact) const;

    Project& m_project;
    bool m_isWatched = false;
    QTimer m_rest;
    std::optional<NetworkKey> m_lookedUp;  // of which it is known whether it was measured before
    std::optional<NetworkKey> m_lookingUp;
    std::vector<std::pair<NetworkKey, training::NetworkTimes>> m_times;  // all that were measured
    std::optional<ImagesKey> m_loaded;                                   // what m_loads is of
    training::LoadTimes m_loads;
    std::optional<NetworkKey> m_failed;  // could not be measured: it stays a guess
    Room m_room;
    double m_cacheGigabytes = -1;  // that m_room is for
    std::shared_ptr<Job> m_job;    // shared with the worker; null: nothing is measured
    std::optional<training::Cost> m_cost;
    std::vector<training::Caution> m_cautions;
};

}  // namespace graft::ui
