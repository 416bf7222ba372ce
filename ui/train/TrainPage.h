// SPDX-License-Identifier: GPL-3.0-or-later
// The Train page: the next run's settings on the left, live curves on the right, and the buttons that start,
// pause, continue and stop a run. Without a run going on it shows the run that is chosen in the sidebar, or
// the one that has just ended while another was chosen.
#pragma once

#include <QPointer>
#include <QString>
#include <QWidget>
#include <vector>

#include "core/training/TrainEvents.h"
#include "ui/session/TrainingController.h"

class QLabel;
class QProgressBar;
class QPushButton;

namespace graft::ui {

class InlineError;
class KeptViews;
class LearningRateView;
struct OpenedRun;
class PageHeader;
class Project;
class RunAbout;
class RunCurves;
class RunHistory;
class RunSettings;
class SettingsPanel;
class UserPrompts;

class TrainPage : public QWidget {
    Q_OBJECT

  public:
    TrainPage(Project& project, TrainingController& controller, UserPrompts& prompts,
              QWidget* parent = nullptr);

    // Shows the run, which goes on where it can.
    void continueRun(const QString& folder);

  signals:
    void nextRequested();

  private:
    void buildHeader();
    void start();
    void goOn(const QString& dataFolder);  // where the run's images lie now; empty: where they can be found
    void togglePause();
    void showEvents(const std::vector<training::TrainEvent>& events);
    void onFinished(const TrainingResult& result);
    void followChoice();
    void loadRun(const QString& folder, bool goesOn = false);
    void showRun(const OpenedRun& opened, bool goesOn);
    void clearRun();
    void showHistory();  // all that has been told of the run
    void drawCurves();
    void showProgress();
    void showBest();
    void showError();
    void updateControls();
    void updateStatus();
    void openResults();
    void findLearningRate();
    void openFinder();
    void reopenFinder();             // that was open on the page before
    QString obstacle() const;        // why nothing can be trained now
    bool isWaiting() const;          // for something that passes by itself
    QString finderObstacle() const;  // and why no learning rate can be looked for
    void offerFinder();

    Project& m_project;
    TrainingController& m_controller;

    PageHeader* m_header = nullptr;
    QLabel* m_reason = nullptr;  // why Start is grey
    QPushButton* m_again = nullptr;
    QPushButton* m_continue = nullptr;
    QPushButton* m_pause = nullptr;
    QPushButton* m_stop = nullptr;
    QPushButton* m_start = nullptr;
    QPushButton* m_next = nullptr;
    QProgressBar* m_progress = nullptr;
    InlineError* m_error = nullptr;
    RunAbout* m_about = nullptr;
    RunSettings* m_runSettings = nullptr;
    SettingsPanel* m_settings = nullptr;
    RunCurves* m_curves = nullptr;
    QPointer<LearningRateView> m_finder;  // null: it is not open

    RunHistory& m_history;  // not the page's own, as what follows: they outlive it
    KeptViews& m_kept;
    int m_asked = 0;  // runs, from the disk
};

}  // namespace graft::ui
