// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/session/FetchJob.h"

#include "core/backbones/WeightStore.h"
#include "ui/session/Background.h"
#include "ui/session/Project.h"

namespace graft::ui {

namespace {
constexpr int kProgressEveryMs = 100;
}  // namespace

FetchJob::FetchJob(Project& project) : QObject(&project) {
    m_timer.setInterval(kProgressEveryMs);
    connect(&m_timer, &QTimer::timeout, this, &FetchJob::progressed);
}

FetchJob::~FetchJob() {
    cancel();
}

void FetchJob::start(const backbones::CatalogueEntry& entry) {
    if (isActive()) return;
    m_entry = entry;
    m_failure.reset();
    m_control = std::make_shared<runtime::RunControl>();
    m_progress = std::make_shared<Progress>();
    m_timer.start();
    runInBackground(
        this,
        [entry, control = m_control, progress = m_progress] {
            return backbones::fetchWeights(entry, *control, [&progress](const weights::DownloadProgress& p) {
                progress->total = p.total;
                progress->received = p.received;
                progress->bytesPerSecond = p.bytesPerSecond;
            });
        },
        [this](const Result<std::string>& file) {
            m_timer.stop();
            m_control.reset();
            if (file) {
                emit fetched(QString::fromStdString(*file));
            } else {
                if (file.error().code != ErrorCode::Cancelled) m_failure = file.error();
                emit failed(file.error());
            }
        });
    emit started();
}

void FetchJob::cancel() {
    if (m_control) m_control->stop();
}

}  // namespace graft::ui
