// SPDX-License-Identifier: GPL-3.0-or-later
// "The next run's settings are those of ...", while that is so.
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
