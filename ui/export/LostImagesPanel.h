// SPDX-License-Identifier: GPL-3.0-or-later
// What the Export page says and offers where the run's images are not where they were: to name their new
// place, or to export without checking the files with them. Hidden where they are there.
#pragma once

#include <QString>
#include <QWidget>

class QCheckBox;

namespace graft::ui {

class InlineError;
class NoticeBar;
class Project;
class RunMove;
class UserPrompts;

class LostImagesPanel : public QWidget {
    Q_OBJECT
  public:
    LostImagesPanel(Project& project, UserPrompts& prompts, QWidget* parent = nullptr);

    // lostImages: the folder that they were in; empty: they are there.
    void showRun(const QString& runFolder, const QString& lostImages);
    void showNothing() { showRun({}, {}); }

    bool canVerify() const { return m_lost.isEmpty(); }
    // Whether the files may be written as things are; else problem() says what to do.
    bool mayExport() const;
    QString problem() const;

  signals:
    void changed();

  private:
    bool isLooking() const;
    void showState();
    void locate();

    UserPrompts& m_prompts;
    RunMove& m_move;  // not the panel's own: it outlives it
    NoticeBar* m_bar;
    QCheckBox* m_unverified;
    InlineError* m_error;
    QString m_run;
    QString m_lost;
};

}  // namespace graft::ui
