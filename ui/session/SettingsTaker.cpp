// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/session/SettingsTaker.h"

#include <utility>

#include "ui/session/Project.h"

namespace graft::ui {

namespace {

bool hasSameNetwork(const settings::TrainConfig& a, const settings::TrainConfig& b) {
    return a.backbone == b.backbone && a.weightsFile == b.weightsFile;
}

}  // namespace

SettingsTaker::SettingsTaker(Project& project) : QObject(&project), m_project(project) {
    connect(&project, &Project::choosingChanged, this, &SettingsTaker::finish);
    connect(&project, &Project::backboneRefused, this, [this](const Error& error) {
        if (std::exchange(m_wanted, std::nullopt)) emit refused(error);
    });
}

void SettingsTaker::take(const settings::TrainConfig& run) {
    m_wanted.reset();
    m_project.dropChoice();
    if (hasSameNetwork(run, m_project.config())) return put(run);
    m_wanted = run;
    m_project.chooseBackbone(QString::fromStdString(run.backbone), QString::fromStdString(run.weightsFile));
}

void SettingsTaker::finish() {
    if (!m_wanted) return;
    if (m_project.isChoosing()) {
        // A later choice of the person's overtakes this one.
        const bool isOurs = m_project.wantedBackbone() == QString::fromStdString(m_wanted->backbone) &&
                            m_project.wantedWeights() == QString::fromStdString(m_wanted->weightsFile);
        if (!isOurs) m_wanted.reset();
        return;
    }
    const settings::TrainConfig run = *std::exchange(m_wanted, std::nullopt);
    if (hasSameNetwork(run, m_project.config())) put(run);
}

void SettingsTaker::put(const settings::TrainConfig& run) {
    settings::TrainConfig config = run;
    config.datasetFolder = m_project.config().datasetFolder;
    config.runFolder.clear();
    config.planChanges.clear();
    emit aboutToTake();
    m_project.setConfig(config);
}

}  // namespace graft::ui
