// SPDX-License-Identifier: GPL-3.0-or-later
// "The settings are those of the run ...", over the settings of the next run while that is so.
#pragma once

#include "ui/news/NoticeBar.h"

namespace graft::ui {

class Project;
class RunReuse;

class OriginBar : public NoticeBar {
    Q_OBJECT
  public:
    explicit OriginBar(Project& project, QWidget* parent = nullptr);

  private:
    void showOrigin();

    RunReuse& m_reuse;
};

}  // namespace graft::ui
