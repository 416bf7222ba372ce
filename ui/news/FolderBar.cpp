// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/news/FolderBar.h"

#include <QFileInfo>
#include <QPushButton>

#include "ui/session/DatasetLoader.h"
#include "ui/session/FolderWatch.h"
#include "ui/session/Project.h"
#include "ui/session/ProjectPart.h"

namespace graft::ui {

FolderBar::FolderBar(Project& project, QWidget* parent)
    : NoticeBar(parent), m_project(project), m_watch(projectPart<FolderWatch>(project)) {
    setObjectName(QStringLiteral("changedFolder"));
    button()->setObjectName(QStringLiteral("readAgain"));
    connect(&m_watch, &FolderWatch::changed, this, &FolderBar::showState);
    // Not made before: it begins to read as soon as it is there.
    connect(this, &NoticeBar::pressed, this, [this] { projectPart<DatasetLoader>(m_project).read(); });
    showState();
}

void FolderBar::showState() {
    if (!m_watch.hasChanged()) return showNotice({});
    showNotice(tr("The folder %1 has changed since it was read: files came or are gone.")
                   .arg(QFileInfo(m_project.folder()).fileName()),
               tr("Read again"));
}

}  // namespace graft::ui
