// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/session/RunNews.h"

#include <QDir>
#include <utility>

#include "ui/session/Project.h"

namespace graft::ui {

RunNews::RunNews(Project& project) : QObject(&project), m_project(project) {
    connect(&project, &Project::currentRunChanged, this, &RunNews::considerLook);
}

void RunNews::tellRunning(std::optional<RunningRun> run) {
    if (!run && !m_running) return;
    m_running = std::move(run);
    emit runningChanged();
}

void RunNews::tellEnded(const EndedRun& run) {
    m_ended = run;
    emit endedChanged();
}

void RunNews::forgetEnded() {
    if (!m_ended) return;
    m_ended.reset();
    emit endedChanged();
}

void RunNews::showEnded() {
    if (m_ended) m_project.setCurrentRun(QString(m_ended->folder));  // a copy: it is forgotten on the way
}

void RunNews::considerLook() {
    if (m_ended && QDir::cleanPath(m_ended->folder) == QDir::cleanPath(m_project.currentRun())) forgetEnded();
}

}  // namespace graft::ui
