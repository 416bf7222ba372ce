// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/session/DatasetLoader.h"

#include <utility>

#include "core/data/FolderScanner.h"
#include "core/runtime/RunControl.h"
#include "ui/session/Background.h"
#include "ui/session/DatasetSummary.h"
#include "ui/session/Project.h"

namespace graft::ui {

namespace {
constexpr int kTypingDelayMs = 300;
constexpr int kProgressIntervalMs = 50;
}  // namespace

DatasetLoader::DatasetLoader(Project& project) : QObject(&project), m_project(project) {
    m_delay.setSingleShot(true);
    m_delay.setInterval(kTypingDelayMs);
    connect(&m_delay, &QTimer::timeout, this, &DatasetLoader::read);
    m_progress.setInterval(kProgressIntervalMs);
    connect(&m_progress, &QTimer::timeout, this, &DatasetLoader::tellProgress);
    connect(&project, &Project::folderChanged, this, &DatasetLoader::read);
    connect(&project, &Project::configChanged, this, &DatasetLoader::considerSettings);
    // A folder from the command line is there before any page is. Read it once the signals are connected.
    if (!project.folder().isEmpty() && !project.dataset()) QTimer::singleShot(0, this, &DatasetLoader::read);
}

DatasetLoader::~DatasetLoader() {
    if (m_job) m_job->stop();
}

void DatasetLoader::cancel() {
    m_delay.stop();
    if (m_job) m_job->stop();
    m_job.reset();
    m_progress.stop();
    if (std::exchange(m_reading, false)) end();
}

void DatasetLoader::end() {
    if (!m_project.dataset()) m_project.setFolder({});
    emit finished();
}

void DatasetLoader::considerSettings() {
    const settings::TrainConfig& config = m_project.config();
    if (m_folder.isEmpty() || m_project.folder() != m_folder) return;
    if (config.validationShare == m_share && config.seed == m_seed) return;
    const auto dataset = m_project.dataset();
    if (dataset && dataset->splitByFolders) {
        m_share = config.validationShare;
        m_seed = config.seed;
        return;
    }
    m_delay.start();
    m_project.forgetDataset();
}

void DatasetLoader::read() {
    m_delay.stop();
    if (m_job) m_job->stop();
    m_job.reset();
    const settings::TrainConfig& config = m_project.config();
    m_folder = m_project.folder();
    m_share = config.validationShare;
    m_seed = config.seed;
    if (m_folder.isEmpty()) {
        if (std::exchange(m_reading, false)) emit finished();
        return;
    }
    m_failure.reset();
    m_project.forgetDataset();
    m_reading = true;
    emit started();

    auto job = std::make_shared<runtime::RunControl>();
    m_job = job;
    auto count = std::make_shared<Count>();
    m_count = count;
    data::ScanOptions options;
    options.validationShare = m_share;
    options.seed = m_seed;
    runInBackground(
        this,
        [job, count, options, folder = m_folder.toStdString()]() -> Result<Found> {
            const auto progress = [&count](std::size_t done, std::size_t total) {
                count->total = total;
                count->done = done;
            };
            // Also a folder that cannot be trained on is shown, with what is wrong with it.
            auto index = data::scanFolder(folder, options, progress, job.get(), false);
            if (!index) return fail(index.error());
            Found found;
            found.dataset = freedInBackground(std::move(*index));
            found.summary = DatasetSummary::of(*found.dataset);
            return found;
        },
        [this, job](const Result<Found>& found) { take(job, found); });
    m_progress.start();
}

void DatasetLoader::take(const std::shared_ptr<runtime::RunControl>& job, const Result<Found>& found) {
    if (job != m_job) return;  // another folder or split was asked for meanwhile
    m_job.reset();
    m_reading = false;
    m_progress.stop();
    if (found) {
        m_project.setDataset(found->dataset, found->summary);
    } else if (found.error().code != ErrorCode::Cancelled) {
        m_failure = found.error();
        emit failed(found.error());
    }
    end();
}

void DatasetLoader::tellProgress() {
    if (m_count && m_count->total > 0) emit progressed(m_count->done, m_count->total);
}

}  // namespace graft::ui
