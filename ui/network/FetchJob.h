// SPDX-License-Identifier: GPL-3.0-or-later
// Downloads one backbone's published weights on a worker thread; this object belongs to the GUI thread.
#pragma once

#include <QObject>
#include <QString>
#include <QTimer>
#include <atomic>
#include <memory>

#include "core/backbones/Catalogue.h"
#include "core/base/Result.h"
#include "core/runtime/RunControl.h"

namespace graft::ui {

class FetchJob : public QObject {
    Q_OBJECT
  public:
    explicit FetchJob(QObject* parent = nullptr);
    ~FetchJob() override;

    // Does nothing while a job is going on.
    void start(const backbones::CatalogueEntry& entry);
    // Ends within a moment; what has come is kept for the next time.
    void cancel();
    bool isActive() const { return m_control != nullptr; }
    const backbones::CatalogueEntry& entry() const { return m_entry; }  // the last one started

  signals:
    void progressed(qint64 received, qint64 total, double bytesPerSecond);  // total: -1 while unknown
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
    QTimer m_timer;
};

}  // namespace graft::ui
