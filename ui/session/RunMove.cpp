// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/session/RunMove.h"

#include <QDir>
#include <string>

#include "core/runtime/RunControl.h"
#include "core/training/Trainer.h"
#include "ui/session/Background.h"
#include "ui/session/Project.h"

namespace graft::ui {

namespace {

Result<void> tellPlace(const std::string& runFolder, const std::string& dataFolder,
                       runtime::RunControl& control) {
    training::ResumeOptions options;
    options.dataFolder = dataFolder;
    options.placeOnly = true;
    const auto told = training::resumeRun(
        runFolder, [](const training::TrainEvent&) {}, control, options);
    if (!told) return fail(told.error());
    return {};
}

}  // namespace

RunMove::RunMove(Project& project) : QObject(&project), m_project(project) {}

RunMove::~RunMove() {
    if (m_control) m_control->stop();
}

void RunMove::start(const QString& runFolder, const QString& dataFolder) {
    if (isActive()) return;
    m_runFolder = runFolder;
    m_failure.reset();
    m_control = std::make_shared<runtime::RunControl>();
    emit changed();
    runInBackground(
        this,
        [run = runFolder.toStdString(), data = dataFolder.toStdString(), control = m_control] {
            return tellPlace(run, data, *control);
        },
        [this](const Result<void>& moved) { finish(moved); });
}

void RunMove::finish(const Result<void>& moved) {
    m_control.reset();
    if (!moved) m_failure = moved.error();
    emit changed();
    if (!moved) return;
    if (QDir::cleanPath(m_project.currentRun()) == QDir::cleanPath(m_runFolder)) m_project.reopenCurrentRun();
    m_project.notifyRunsChanged();
}

}  // namespace graft::ui
