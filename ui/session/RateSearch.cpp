// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/session/RateSearch.h"

#include <utility>

#include "core/runtime/RunControl.h"
#include "ui/session/Background.h"
#include "ui/session/EventMailbox.h"

namespace graft::ui {

namespace {
constexpr int kDeliverEveryMs = 33;  // as the curves of a training
}  // namespace

struct RateSearch::Job {
    runtime::RunControl control;
    Mailbox<training::RateEvent> mailbox;
};

RateSearch::RateSearch(QObject* parent) : QObject(parent) {
    m_timer.setInterval(kDeliverEveryMs);
    connect(&m_timer, &QTimer::timeout, this, &RateSearch::deliverEvents);
}

RateSearch::~RateSearch() {
    stop();
}

void RateSearch::start(const settings::TrainConfig& config,
                       std::shared_ptr<const data::DatasetIndex> dataset) {
    if (isActive() || !dataset) return;
    m_job = std::make_shared<Job>();
    m_timer.start();
    runInBackground(
        this,
        [job = m_job, config, dataset = std::move(dataset)] {
            return training::findLearningRate(
                config, *dataset, [&job](const training::RateEvent& event) { job->mailbox.append(event); },
                job->control, training::RateSweep());
        },
        [this](const Result<training::FoundRate>& found) { end(found); });
}

void RateSearch::stop() {
    if (m_job) m_job->control.stop();
}

void RateSearch::deliverEvents() {
    if (!m_job) return;
    const std::vector<training::RateEvent> events = m_job->mailbox.takeAll();
    if (!events.empty()) Q_EMIT eventsArrived(events);
}

void RateSearch::end(const Result<training::FoundRate>& found) {
    m_timer.stop();
    deliverEvents();
    m_job.reset();
    Q_EMIT finished(RateResult{found});
}

}  // namespace graft::ui
