// SPDX-License-Identifier: GPL-3.0-or-later
// The left edge of the window: the five steps with what is done and what comes next, the training that is
// going on, the runs, the device and the switch between light and dark.
#pragma once

#include <QString>
#include <QWidget>
#include <vector>

class QLabel;
class QPushButton;
class QToolButton;

namespace graft::ui {

class ElidedLabel;
class RunList;
class StepButton;
class TrainingSign;

class Sidebar : public QWidget {
    Q_OBJECT
  public:
    explicit Sidebar(const QStringList& steps, QWidget* parent = nullptr);

    void setCurrent(int step);                    // behind the last one: all runs
    void setDone(const std::vector<bool>& done);  // one a step; the first that is not is the next
    void setDevice(const QString& device);
    RunList& runs() { return *m_runs; }
    TrainingSign& training() { return *m_training; }

  signals:
    void stepChosen(int step);
    void trainingChosen();
    void allRunsChosen();
    void themeSwitchRequested();

  private:
    void showSteps();

    std::vector<StepButton*> m_steps;
    std::vector<bool> m_done;
    TrainingSign* m_training;
    QPushButton* m_allRuns;
    RunList* m_runs;
    ElidedLabel* m_device;
    QToolButton* m_theme;
    int m_current = 0;
};

}  // namespace graft::ui
