// SPDX-License-Identifier: GPL-3.0-or-later
// Looks for a learning rate on a worker thread and tells the window how it goes. Lives in the GUI thread;
// nothing here waits. At most one search at a time.
#pragma once

#include <QObject>
#include <QTimer>
#include <memory>
#include <vector>

#include "core/base/Result.h"
#include "core/data/DatasetIndex.h"
#include "core/settings/TrainConfig.h"
#include "core/training/FindLearningRate.h"

namespace graft::ui {

// How a search ended. (By itself a Result is nothing that Qt can carry: it asks whether two are equal.)
struct RateResult {
    Result<training::FoundRate> found;
};

class RateSearch : public QObject {
    Q_OBJECT

  public:
    explicit RateSearch(QObject* parent = nullptr);
    // What is going on ends by itself after the step in hand, and is not heard of any more.
    ~RateSearch() override;

    // Does nothing while a search is going on.
    void start(const settings::TrainConfig& config, std::shared_ptr<const data::DatasetIndex> dataset);
    void stop();  // after the step in hand; finished() comes all the same
    bool isActive() const { return m_job != nullptr; }

  Q_SIGNALS:
    // In order, none left out; at most every 33 ms.
    void eventsArrived(const std::vector<graft::training::RateEvent>& events);
    void finished(const graft::ui::RateResult& result);

  private:
    struct Job;
    void deliverEvents();
    void end(const Result<training::FoundRate>& found);

    std::shared_ptr<Job> m_job;  // shared with the worker; null: none is going on
    QTimer m_timer;
};

}  // namespace graft::ui
