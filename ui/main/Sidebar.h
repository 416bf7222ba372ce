// SPDX-License-Identifier: GPL-3.0-or-later
// The left edge of the window: the five steps with what is done and what comes next, the training that is
// going on, the runs, the device and the switch between light and dark.
#pragma once

#include <QKeySequence>
#include <QString>
#include <QWidget>
#include <vector>

class QAbstractButton;
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
    void keyUsed();  // after the choice that a key was pressed for: whoever goes on by keys wants the page

  protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

  private:
    void giveKey(QAbstractButton& button, const QKeySequence& key);
    void showSteps();

    std::vector<StepButton*> m_steps;
    std::vector<bool> m_done;
    TrainingSign* m_training = nullptr;
    QPushButton* m_allRuns = nullptr;
    RunList* m_runs = nullptr;
    ElidedLabel* m_device = nullptr;
    QToolButton* m_theme = nullptr;
    int m_current = 0;
};

}  // namespace graft::ui
