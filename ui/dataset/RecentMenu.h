// SPDX-License-Identifier: GPL-3.0-or-later
// The folders that were read last, as a menu. Those that are not there any more are grey; whether they are is
// asked on a worker thread, since a disk may be far away.
#pragma once

#include <QMenu>
#include <QString>

namespace graft::ui {

class RecentFolders;

class RecentMenu : public QMenu {
    Q_OBJECT
  public:
    explicit RecentMenu(RecentFolders& recent, QWidget* parent = nullptr);

  signals:
    void folderChosen(const QString& folder);

  private:
    void fill();

    RecentFolders& m_recent;
    quint64 m_fillings = 0;
};

}  // namespace graft::ui
