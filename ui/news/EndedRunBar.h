// SPDX-License-Identifier: GPL-3.0-or-later
// "The training of RUN has ended: show it", over a page that stays with the run that a person looks at.
#pragma once

#include "ui/news/NoticeBar.h"

namespace graft::ui {

class Project;
class RunNews;
struct EndedRun;

class EndedRunBar : public NoticeBar {
    Q_OBJECT
  public:
    explicit EndedRunBar(Project& project, QWidget* parent = nullptr);

    static QString sentence(const EndedRun& run);  // "The training of RUN has ended."

  private:
    void showNews();

    RunNews& m_news;
};

}  // namespace graft::ui
