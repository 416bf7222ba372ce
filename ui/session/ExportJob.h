// SPDX-License-Identifier: GPL-3.0-or-later
// Exports one run to several files, one after another, each opened again and checked, and keeps what became
// of them. The work is done on a worker thread; this object belongs to the GUI thread.
#pragma once

#include <QObject>
#include <QString>
#include <QTimer>
#include <atomic>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/base/Result.h"
#include "core/exporting/Exporter.h"
#include "core/runtime/RunControl.h"

namespace graft::ui {

class Project;

class ExportJob : public QObject {
    Q_OBJECT

  public:
    struct File {
        std::string format;  // an inference::ModelFormat's name
        QString path;
    };

    // How far a file is.
    struct State {
        File file;
        qulonglong done = 0;  // images that it was checked with, of `total`; 0 while it is not being checked
        qulonglong total = 0;
        std::optional<Result<exporting::ExportReport>> result;  // none yet: it waits or is being made
    };

    explicit ExportJob(Project& project);
    ~ExportJob() override;

    // Does nothing while a job is going on. verify: whether each is asked about the validation images.
    void start(const QString& runFolder, std::vector<File> files, bool verify = true);
    // Ends after the image in hand; the file being made is not kept.
    void cancel();
    bool isActive() const { return m_control != nullptr; }

    // Of the last job's files; of one that was cancelled those that were begun.
    const std::vector<State>& files() const { return m_files; }
    const QString& runFolder() const { return m_runFolder; }
    void forget();  // what became of them; not while a job is going on

  signals:
    void started();
    void progressed(int index, qulonglong done, qulonglong total);
    void fileDone(int index, const graft::exporting::ExportReport& report);
    void fileFailed(int index, const graft::Error& error);
    void finished();

  private:
    struct Progress {
        std::atomic<std::size_t> done{0};
        std::atomic<std::size_t> total{0};
    };

    void exportNext();
    void reportProgress();

    QString m_runFolder;
    std::vector<State> m_files;
    int m_index = 0;
    bool m_verify = true;
    std::shared_ptr<runtime::RunControl> m_control;
    std::shared_ptr<Progress> m_progress;
    QTimer m_timer;
};

}  // namespace graft::ui
