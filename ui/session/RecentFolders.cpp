// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/session/RecentFolders.h"

#include <QSettings>

#include "ui/session/Project.h"

namespace graft::ui {

namespace {
const QString kKey = QStringLiteral("data/recentFolders");
}

RecentFolders::RecentFolders(Project& project) : QObject(&project), m_project(project) {
    const auto take = [this] {
        if (m_project.dataset()) add(m_project.folder());
    };
    connect(&project, &Project::datasetChanged, this, take);
    take();
}

QStringList RecentFolders::folders() const {
    return QSettings().value(kKey).toStringList().mid(0, kMost);
}

void RecentFolders::add(const QString& folder) {
    QStringList all = folders();
    if (folder.isEmpty() || (!all.isEmpty() && all.front() == folder)) return;
    all.removeAll(folder);
    all.prepend(folder);
    QSettings().setValue(kKey, all.mid(0, kMost));
    emit changed();
}

}  // namespace graft::ui
