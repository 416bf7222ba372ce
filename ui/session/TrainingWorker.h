// SPDX-License-Identifier: GPL-3.0-or-later
// The thread of one training run. It owns a copy of everything the run needs; the window reaches it only
// through the RunControl and hears of it only through the EventMailbox and QThread::finished().
#pragma once

#include <QThread>
#include <functional>
#include <memory>

#include "core/base/Result.h"
#include "core/runtime/RunControl.h"
#include "core/training/Trainer.h"
#include "ui/session/Background.h"
#include "ui/session/EventMailbox.h"

namespace graft::ui {

class TrainingWorker : public QThread {
    Q_OBJECT

  public:
    using Job =
        std::function<Result<training::TrainReport>(const training::TrainObserver&, runtime::RunControl&)>;

    explicit TrainingWorker(Job job, QObject* parent = nullptr);
    ~TrainingWorker() override;  // it has finished

    runtime::RunControl& control() { return m_control; }
    EventMailbox& mailbox() { return m_mailbox; }

    // The job's result; valid once the thread has finished.
    const Result<training::TrainReport>& report() const { return m_report; }

  protected:
    void run() override;

  private:
    EndedThreads m_thread;
    Job m_job;
    runtime::RunControl m_control;
    EventMailbox m_mailbox;
    Result<training::TrainReport> m_report;
};

}  // namespace graft::ui
