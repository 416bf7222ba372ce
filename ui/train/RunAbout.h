// SPDX-License-Identifier: GPL-3.0-or-later
// What there is to say over a run's curves: that the next run's folder has changed, that this run's images
// are gone from their place, and what it has noticed of them.
#pragma once

#include <QString>
#include <QWidget>

namespace graft::ui {

class LostImagesBar;
class Project;
class RunNotices;
class ShownRun;
class UserPrompts;

class RunAbout : public QWidget {
    Q_OBJECT
  public:
    RunAbout(Project& project, UserPrompts& prompts, QWidget* parent = nullptr);

    void showRun(const ShownRun& run, bool isIdle);

    // What the buttons are called that start the next run: with its images, where the run that is shown was
    // trained on others.
    static QString startText(const ShownRun& run, const Project& project);
    static QString againText(const ShownRun& run, const Project& project);
    // What the next run is given; empty while the images are being read.
    static QString nextRun(const Project& project);
    // A line on a run that is going on, and which images it is trained on.
    static QString withImages(const QString& text, const ShownRun& run);

  signals:
    void continueRequested(const QString& dataFolder);  // of the run that is shown, with its images there
    void failed(const QString& sentence);

  private:
    LostImagesBar* m_lostImages;
    RunNotices* m_notices;
};

}  // namespace graft::ui
