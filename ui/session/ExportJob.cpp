// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/session/ExportJob.h"

#include <QDir>
#include <QFileInfo>
#include <utility>

#include "ui/session/Background.h"
#include "ui/session/Project.h"

namespace graft::ui {

namespace {
constexpr int kProgressEveryMs = 100;
}  // namespace

ExportJob::ExportJob(Project& project) : QObject(&project) {
    m_timer.setInterval(kProgressEveryMs);
    connect(&m_timer, &QTimer::timeout, this, &ExportJob::reportProgress);
}

ExportJob::~ExportJob() {
    cancel();
}

void ExportJob::start(const QString& runFolder, std::vector<File> files, bool verify) {
    if (isActive() || files.empty()) return;
    m_runFolder = runFolder;
    m_verify = verify;
    m_files.clear();
    for (File& file : files) {
        m_files.emplace_back();
        m_files.back().file = std::move(file);
    }
    m_index = 0;
    m_control = std::make_shared<runtime::RunControl>();
    m_timer.start();
    emit started();
    exportNext();
}

void ExportJob::cancel() {
    if (m_control) m_control->stop();
}

void ExportJob::forget() {
    if (!isActive()) m_files.clear();
}

void ExportJob::exportNext() {
    if (m_index == static_cast<int>(m_files.size()) || m_control->isStopRequested()) {
        m_timer.stop();
        m_control.reset();
        m_files.resize(static_cast<std::size_t>(m_index));
        emit finished();
        return;
    }
    m_progress = std::make_shared<Progress>();
    const File file = m_files[static_cast<std::size_t>(m_index)].file;
    runInBackground(
        this,
        [run = m_runFolder.toStdString(), file, verify = m_verify, control = m_control,
         progress = m_progress] {
            QDir().mkpath(QFileInfo(file.path).absolutePath());
            return exporting::exportRun(
                run, file.format, file.path.toStdString(), verify,
                [&progress](std::size_t done, std::size_t total) {
                    progress->total = total;
                    progress->done = done;
                },
                *control);
        },
        [this](const Result<exporting::ExportReport>& result) {
            m_files[static_cast<std::size_t>(m_index)].result = result;
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
    State& state = m_files[static_cast<std::size_t>(m_index)];
    state.total = m_progress->total;
    state.done = m_progress->done;
    if (state.total > 0) emit progressed(m_index, state.done, state.total);
}

}  // namespace graft::ui
