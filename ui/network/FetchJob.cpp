// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/network/FetchJob.h"

#include "core/backbones/WeightStore.h"
#include "ui/session/Background.h"

namespace graft::ui {

namespace {
constexpr int kProgressEveryMs = 100;
}  // namespace

FetchJob::FetchJob(QObject* parent) : QObject(parent) {
    m_timer.setInterval(kProgressEveryMs);
    connect(&m_timer, &QTimer::timeout, this,
            [this] { emit progressed(m_progress->received, m_progress->total, m_progress->bytesPerSecond); });
}

FetchJob::~FetchJob() {
    cancel();
}

void FetchJob::start(const backbones::CatalogueEntry& entry) {
    if (isActive()) return;
    m_entry = entry;
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
                emit failed(file.error());
            }
        });
}

void FetchJob::cancel() {
    if (m_control) m_control->stop();
}

}  // namespace graft::ui
