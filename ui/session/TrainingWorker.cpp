// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/session/TrainingWorker.h"

#include <utility>

namespace graft::ui {

TrainingWorker::TrainingWorker(Job job, QObject* parent)
    : QThread(parent), m_job(std::move(job)), m_report(training::TrainReport{}) {
    setObjectName(QStringLiteral("training"));
}

TrainingWorker::~TrainingWorker() {
    m_thread.wait();
}

void TrainingWorker::run() {
    m_thread.addThisThread();
    m_report = guarded([this] {
        return m_job([this](const training::TrainEvent& event) { m_mailbox.append(event); }, m_control);
    });
    // The dataset and the configuration are not needed any longer; free them here, not in the window's
    // thread.
    m_job = nullptr;
}

}  // namespace graft::ui
