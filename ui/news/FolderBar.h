// SPDX-License-Identifier: GPL-3.0-or-later
// "The folder has changed since it was read: read again", where images are looked at or about to be trained
// on.
#pragma once

#include "ui/news/NoticeBar.h"

namespace graft::ui {

class FolderWatch;
class Project;

class FolderBar : public NoticeBar {
    Q_OBJECT
  public:
    explicit FolderBar(Project& project, QWidget* parent = nullptr);

  private:
    void showState();

    Project& m_project;
    FolderWatch& m_watch;
};

}  // namespace graft::ui
