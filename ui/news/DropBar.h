// SPDX-License-Identifier: GPL-3.0-or-later
// Says why what was dropped on the window was not opened, and offers the folder that may be meant.
#pragma once

#include "ui/news/NoticeBar.h"

namespace graft::ui {

class DroppedPaths;
class Project;

class DropBar : public NoticeBar {
    Q_OBJECT
  public:
    explicit DropBar(Project& project, QWidget* parent = nullptr);

  private:
    void showDrop();

    DroppedPaths& m_dropped;
};

}  // namespace graft::ui
