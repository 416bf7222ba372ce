// SPDX-License-Identifier: GPL-3.0-or-later
// Looks for a learning rate for the project's settings on a worker thread, tells the window how it goes, and
// keeps what it has found until whoever looked on closes it. Lives in the GUI thread; nothing here waits. At
// most one search at a time.
#pragma once

#include <QObject>
#include <QTimer>
#include <memory>
#include <optional>
#include <vector>

#include "core/base/Result.h"
#include "core/training/FindLearningRate.h"

namespace graft::ui {

class Project;

// How a search ended. (By itself a Result is nothing that Qt can carry: it asks whether two are equal.)
struct RateResult {
    Result<training::FoundRate> found;
};

class RateSearch : public QObject {
    Q_OBJECT

  public:
    explicit RateSearch(Project& project);
    // What is going on ends by itself after the step in hand, and is not heard of any more.
    ~RateSearch() override;

    // The project has its images. What the search before has found is forgotten. Does nothing while one is
    // going on.
    void start();
    void stop();     // after the step in hand; what was found so far stays, and finished() comes all the same
    void dismiss();  // nobody looks on any more: stopped and forgotten; finished() comes all the same
    bool isActive() const { return m_job != nullptr; }
    bool isStopping() const;

    // Of the search that is going on or has ended and was not dismissed.
    bool hasBegun() const { return isActive() || m_result; }
    const std::vector<training::RateEvent>& events() const { return m_events; }  // that were told of
    const std::optional<RateResult>& result() const { return m_result; }         // none: it goes on

  Q_SIGNALS:
    // In order, none left out; at most every 33 ms. Not of one that was dismissed.
    void eventsArrived(const std::vector<graft::training::RateEvent>& events);
    // One has ended, dismissed or not: result() says whether it is the one that is looked at.
    void finished(const graft::ui::RateResult& result);

  private:
    struct Job;
    void deliverEvents();
    void end(const std::shared_ptr<Job>& job, const Result<training::FoundRate>& found);

    Project& m_project;
    std::shared_ptr<Job> m_job;  // shared with the worker; null: none is going on
    std::vector<training::RateEvent> m_events;
    std::optional<RateResult> m_result;
    QTimer m_timer;
};

}  // namespace graft::ui
