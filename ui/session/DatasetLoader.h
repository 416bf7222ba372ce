// SPDX-License-Identifier: GPL-3.0-or-later
// Reads the project's folder on a worker thread whenever folder, validation share or seed change, and puts
// what it finds into the project. While it reads, the project has no dataset, so that nothing can start on
// an old split. A folder that cannot be read, or whose reading is cancelled, the project forgets, so that
// choosing it again reads it again.
#pragma once

#include <QObject>
#include <QTimer>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>

#include "core/base/Result.h"
#include "core/data/DatasetIndex.h"

namespace graft::runtime {
class RunControl;
}

namespace graft::ui {

class Project;
struct DatasetSummary;

class DatasetLoader : public QObject {
    Q_OBJECT
  public:
    explicit DatasetLoader(Project& project);
    ~DatasetLoader() override;

    bool isReading() const { return m_reading; }
    // How many images are read, of how many; 0 while that is not known.
    qulonglong done() const { return m_count ? m_count->done.load() : 0; }
    qulonglong total() const { return m_count ? m_count->total.load() : 0; }
    // Why the last folder could not be read; none once another is chosen.
    const std::optional<Error>& failure() const { return m_failure; }
    void read();  // the project's folder, again where it was read before
    void cancel();

  signals:
    void started();
    void progressed(qulonglong done, qulonglong total);
    // The folder could not be read at all. A folder that merely cannot be trained on is no failure.
    void failed(const graft::Error& error);
    void finished();  // after the project has its dataset, after a failure and after cancel()

  private:
    // Written by the scanning threads, read on a timer.
    struct Count {
        std::atomic<std::size_t> done = 0;
        std::atomic<std::size_t> total = 0;
    };

    void tellProgress();
    void end();
    void considerSettings();
    // With its summary: to count is not for the window's thread either.
    struct Found {
        std::shared_ptr<const data::DatasetIndex> dataset;
        std::shared_ptr<const DatasetSummary> summary;
    };
    void take(const std::shared_ptr<runtime::RunControl>& job, const Result<Found>& found);

    Project& m_project;
    QTimer m_delay;  // numbers are typed digit by digit
    QTimer m_progress;
    std::shared_ptr<Count> m_count;
    std::shared_ptr<runtime::RunControl> m_job;
    QString m_folder;
    double m_share = 0;
    std::uint64_t m_seed = 0;
    bool m_reading = false;
    std::optional<Error> m_failure;
};

}  // namespace graft::ui
