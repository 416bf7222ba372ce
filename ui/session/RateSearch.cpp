// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/session/RateSearch.h"

#include "core/runtime/RunControl.h"
#include "ui/session/Background.h"
#include "ui/session/EventMailbox.h"
#include "ui/session/Project.h"

namespace graft::ui {

namespace {
constexpr int kDeliverEveryMs = 33;  // as the curves of a training
}  // namespace

struct RateSearch::Job {
    runtime::RunControl control;
    Mailbox<training::RateEvent> mailbox;
};

RateSearch::RateSearch(Project& project) : QObject(&project), m_project(project) {
    m_timer.setInterval(kDeliverEveryMs);
    connect(&m_timer, &QTimer::timeout, this, &RateSearch::deliverEvents);
}

RateSearch::~RateSearch() {
    stop();
}

void RateSearch::start() {
    if (isActive() || !m_project.dataset()) return;
    m_events.clear();
    m_result.reset();
    m_job = std::make_shared<Job>();
    m_timer.start();
    runInBackground(
        this,
        [job = m_job, config = m_project.config(), dataset = m_project.dataset()] {
            return training::findLearningRate(
                config, *dataset, [&job](const training::RateEvent& event) { job->mailbox.append(event); },
                job->control, training::RateSweep());
        },
        [this, job = m_job](const Result<training::FoundRate>& found) { end(job, found); });
}

void RateSearch::stop() {
    if (m_job) m_job->control.stop();
}

void RateSearch::dismiss() {
    stop();
    m_timer.stop();
    m_job.reset();
    m_events.clear();
    m_result.reset();
}

bool RateSearch::isStopping() const {
    return m_job && m_job->control.isStopRequested();
}

void RateSearch::deliverEvents() {
    if (!m_job) return;
    const std::vector<training::RateEvent> events = m_job->mailbox.takeAll();
    if (events.empty()) return;
    m_events.insert(m_events.end(), events.begin(), events.end());
    Q_EMIT eventsArrived(events);
}

void RateSearch::end(const std::shared_ptr<Job>& job, const Result<training::FoundRate>& found) {
    if (job == m_job) deliverEvents();  // whereupon it may be dismissed
    if (job == m_job) {
        m_timer.stop();
        m_job.reset();
        m_result = RateResult{found};
    }
    Q_EMIT finished(RateResult{found});
}

}  // namespace graft::ui
