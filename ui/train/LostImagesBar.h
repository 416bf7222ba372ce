// SPDX-License-Identifier: GPL-3.0-or-later
// "The run's images are not in FOLDER any more: locate them", of the run on the Train page. One that has come
// to its end is told their new place; one that has not goes on there.
#pragma once

#include "ui/news/NoticeBar.h"

namespace graft::ui {

class Project;
class RunMove;
class ShownRun;
class UserPrompts;

class LostImagesBar : public NoticeBar {
    Q_OBJECT
  public:
    LostImagesBar(Project& project, UserPrompts& prompts, QWidget* parent = nullptr);

    void showRun(const ShownRun& run, bool isIdle);

  signals:
    void continueRequested(const QString& dataFolder);
    void failed(const QString& sentence);  // of the telling

  private:
    void locate();
    void noteMove();

    UserPrompts& m_prompts;
    RunMove& m_move;
    QString m_run;
    QString m_lost;
    bool m_isFinished = false;
};

}  // namespace graft::ui
