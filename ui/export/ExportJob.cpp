// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/export/ExportJob.h"

#include <QDir>
#include <QFileInfo>
#include <utility>

#include "ui/session/Background.h"

namespace graft::ui {

namespace {
constexpr int kProgressEveryMs = 100;
}  // namespace

ExportJob::ExportJob(QObject* parent) : QObject(parent) {
    m_timer.setInterval(kProgressEveryMs);
    connect(&m_timer, &QTimer::timeout, this, &ExportJob::reportProgress);
}

ExportJob::~ExportJob() {
    cancel();
}

void ExportJob::start(const QString& runFolder, std::vector<File> files) {
    if (isActive() || files.empty()) return;
    m_runFolder = runFolder;
    m_files = std::move(files);
    m_index = 0;
    m_control = std::make_shared<runtime::RunControl>();
    m_timer.start();
    exportNext();
}

void ExportJob::cancel() {
    if (m_control) m_control->stop();
}

void ExportJob::exportNext() {
    if (m_index == static_cast<int>(m_files.size()) || m_control->isStopRequested()) {
        m_timer.stop();
        m_control.reset();
        emit finished();
        return;
    }
    m_progress = std::make_shared<Progress>();
    const File file = m_files[static_cast<std::size_t>(m_index)];
    runInBackground(
        this,
        [run = m_runFolder.toStdString(), file, control = m_control, progress = m_progress] {
            QDir().mkpath(QFileInfo(file.path).absolutePath());
            return exporting::exportRun(
                run, file.format, file.path.toStdString(), true,
                [&progress](std::size_t done, std::size_t total) {
                    progress->total = total;
                    progress->done = done;
                },
                *control);
        },
        [this](const Result<exporting::ExportReport>& result) {
            if (result) {
                emit fileDone(m_index, *result);
            } else {
                emit fileFailed(m_index, result.error());
            }
            ++m_index;
            exportNext();
        });
}

void ExportJob::reportProgress() {
    const std::size_t total = m_progress->total;
    if (total > 0) emit progressed(m_index, m_progress->done, total);
}

}  // namespace graft::ui
