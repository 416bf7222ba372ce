// SPDX-License-Identifier: GPL-3.0-or-later
// The folders of images that were read last, over all starts of the program.
#pragma once

#include <QObject>
#include <QStringList>

namespace graft::ui {

class Project;

class RecentFolders : public QObject {
    Q_OBJECT

  public:
    static constexpr int kMost = 10;

    explicit RecentFolders(Project& project);

    QStringList folders() const;  // the newest first

  signals:
    void changed();

  private:
    void add(const QString& folder);

    Project& m_project;
};

}  // namespace graft::ui
