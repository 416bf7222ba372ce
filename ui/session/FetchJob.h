// SPDX-License-Identifier: GPL-3.0-or-later
// Downloads one backbone's published weights on a worker thread, and keeps how far it is and why it failed;
// this object belongs to the GUI thread.
#pragma once

#include <QObject>
#include <QString>
#include <QTimer>
#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>

#include "core/backbones/Catalogue.h"
#include "core/base/Result.h"
#include "core/runtime/RunControl.h"

namespace graft::ui {

class Project;

class FetchJob : public QObject {
    Q_OBJECT
  public:
    explicit FetchJob(Project& project);
    ~FetchJob() override;

    // Does nothing while a job is going on.
    void start(const backbones::CatalogueEntry& entry);
    // Ends within a moment; what has come is kept for the next time.
    void cancel();
    bool isActive() const { return m_control != nullptr; }
    bool isStopping() const { return m_control && m_control->isStopRequested(); }
    const backbones::CatalogueEntry& entry() const { return m_entry; }  // the last one started
    qint64 received() const { return m_progress ? m_progress->received.load() : 0; }
    qint64 total() const { return m_progress ? m_progress->total.load() : -1; }  // -1 while unknown
    double bytesPerSecond() const { return m_progress ? m_progress->bytesPerSecond.load() : 0; }
    // Why the last one failed; none where it was cancelled.
    const std::optional<Error>& failure() const { return m_failure; }

  signals:
    void started();
    void progressed();
    void fetched(const QString& file);
    void failed(const graft::Error& error);  // Cancelled too

  private:
    struct Progress {
        std::atomic<std::int64_t> received{0};
        std::atomic<std::int64_t> total{-1};
        std::atomic<double> bytesPerSecond{0};
    };

    backbones::CatalogueEntry m_entry;
    std::shared_ptr<runtime::RunControl> m_control;
    std::shared_ptr<Progress> m_progress;
    std::optional<Error> m_failure;
    QTimer m_timer;
};

}  // namespace graft::ui
