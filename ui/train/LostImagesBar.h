// SPDX-License-Identifier: GPL-3.0-or-later
// "The run's images are not in FOLDER any more: locate them", of a run. On the Train page one that can be
// continued goes on with their new place; any other, and on other pages every run, is told it.
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

    // On the Train page.
    void showRun(const ShownRun& run, bool isIdle);
    // Where a run's pictures are looked at. lostImages: the folder that they were in; empty: they are there.
    void showPictures(const QString& runFolder, const QString& lostImages);

  signals:
    void continueRequested(const QString& dataFolder);
    void failed(const QString& sentence);  // of the telling

  private:
    void locate();
    void noteMove();
    void showState();

    UserPrompts& m_prompts;
    RunMove& m_move;
    QString m_run;
    QString m_lost;
    QString m_use;  // what the images are wanted for, as a whole sentence with a gap for the folder
    bool m_goesOn = false;
};

}  // namespace graft::ui
