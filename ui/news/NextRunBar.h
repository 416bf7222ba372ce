// SPDX-License-Identifier: GPL-3.0-or-later
// "A training is going on with the settings it began with; what you change here is for the next run", over
// the pages on which one chooses: Data, Network and Train.
#pragma once

#include "ui/news/NoticeBar.h"

namespace graft::ui {

class Project;
class RunNews;

class NextRunBar : public NoticeBar {
    Q_OBJECT
  public:
    explicit NextRunBar(Project& project, QWidget* parent = nullptr);

  private:
    void showNews();

    RunNews& m_news;
};

}  // namespace graft::ui
