// SPDX-License-Identifier: GPL-3.0-or-later
// Exports one run to several files, one after another, each opened again and checked. The work is done on a
// worker thread; this object belongs to the GUI thread.
#pragma once

#include <QObject>
#include <QString>
#include <QTimer>
#include <atomic>
#include <memory>
#include <vector>

#include "core/exporting/Exporter.h"
#include "core/runtime/RunControl.h"

namespace graft::ui {

class ExportJob : public QObject {
    Q_OBJECT

  public:
    struct File {
        exporting::Format format = exporting::Format::TorchScript;
        QString path;
    };

    explicit ExportJob(QObject* parent = nullptr);
    ~ExportJob() override;

    // Does nothing while a job is going on.
    void start(const QString& runFolder, std::vector<File> files);
    // Ends after the image in hand; the file being made is not kept.
    void cancel();
    bool isActive() const { return m_control != nullptr; }

  signals:
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
    std::vector<File> m_files;
    int m_index = 0;
    std::shared_ptr<runtime::RunControl> m_control;
    std::shared_ptr<Progress> m_progress;
    QTimer m_timer;
};

}  // namespace graft::ui
