// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/session/ShownDataset.h"

#include <QString>

#include "ui/session/DatasetSummary.h"
#include "ui/session/Project.h"

namespace graft::ui {

ShownDataset::ShownDataset(Project& project) : QObject(&project), m_project(project) {
    connect(&project, &Project::datasetChanged, this, &ShownDataset::take);
    connect(&project, &Project::folderChanged, this, &ShownDataset::leaveFolder);
    take();
}

void ShownDataset::take() {
    const auto dataset = m_project.dataset();
    if (!dataset) return;  // it is read again
    if (!m_dataset || m_dataset->classes != dataset->classes) m_class = -1;
    m_dataset = dataset;
    m_summary = m_project.datasetSummary();
}

void ShownDataset::leaveFolder() {
    if (m_dataset && QString::fromStdString(m_dataset->root) == m_project.folder()) return;
    m_dataset.reset();
    m_summary.reset();
    m_class = -1;
}

}  // namespace graft::ui
