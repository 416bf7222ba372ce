// SPDX-License-Identifier: GPL-3.0-or-later
// The Train page: settings on the left, live curves on the right, and the buttons that start, pause,
// continue and stop a run. Without a run going on it shows the run that is chosen in the sidebar.
#pragma once

#include <QString>
#include <QWidget>
#include <optional>
#include <vector>

#include "core/base/Result.h"
#include "core/training/RunFolder.h"
#include "ui/session/TrainingController.h"

class QLabel;
class QProgressBar;
class QPushButton;

namespace graft::ui {

class Card;
class CurvePlot;
class InlineError;
class PageHeader;
class Project;
class SettingsPanel;
class UserPrompts;

class TrainPage : public QWidget {
    Q_OBJECT

  public:
    explicit TrainPage(Project& project, TrainingController& controller, UserPrompts& prompts,
                       QWidget* parent = nullptr);

  signals:
    void nextRequested();

  private:
    // A run from the disk. How many images its data set has: an epoch may have seen fewer; 0 is unknown.
    struct OpenedRun {
        training::RunSummary run;
        std::size_t trainImages = 0;
        std::size_t validationImages = 0;
    };

    // What the page shows of a run: the one going on, or the one opened from the list.
    struct Shown {
        QString folder;
        int epochs = 0;
        int epochsDone = 0;
        bool hasBegun = false;  // the run's folder is there
        bool completed = false;
        bool hasModel = false;
        bool resumable = false;
        bool isElsewhere = false;  // another process trains in it
        QString whyNotResumable;   // of a run that has not come to its end
        std::optional<training::EpochDone> best;
        QString notice;  // on the weights, and on images that were missing; while the window is open
        QString fewer;   // of the last epoch that saw fewer images than there are
        QString ending;  // a sentence about how it ended
    };

    void buildHeader();
    QWidget* buildCurves();
    void start();
    void continueRun();
    void togglePause();
    void stop();
    void showEvents(const std::vector<training::TrainEvent>& events);
    void handle(const training::RunStarted& event);
    void handle(const training::CacheState& event);
    void handle(const training::RunEnded& event);
    void handle(const training::BatchDone& event);
    void handle(const training::EpochDone& event);
    void handle(const training::Notice& event);
    void addNotice(const std::string& sentence);
    void onFinished(const TrainingResult& result);
    static Result<OpenedRun> openRun(const std::string& folder);
    void loadCurrentRun();
    void showRun(const OpenedRun& opened);
    void addEpoch(const training::EpochDone& epoch);
    void clearRun();
    void showBest();
    void updateControls();
    void updateStatus();
    QString datasetObstacle() const;

    Project& m_project;
    TrainingController& m_controller;

    PageHeader* m_header = nullptr;
    QPushButton* m_again = nullptr;
    QPushButton* m_continue = nullptr;
    QPushButton* m_pause = nullptr;
    QPushButton* m_stop = nullptr;
    QPushButton* m_start = nullptr;
    QPushButton* m_next = nullptr;
    QProgressBar* m_progress = nullptr;
    InlineError* m_error = nullptr;
    SettingsPanel* m_settings = nullptr;
    Card* m_accuracyCard = nullptr;
    CurvePlot* m_accuracy = nullptr;
    CurvePlot* m_loss = nullptr;
    QLabel* m_best = nullptr;

    Shown m_shown;
    std::optional<training::BatchDone> m_lastBatch;
    int m_asked = 0;  // runs, from the disk
    std::size_t m_trainImages = 0;
    std::size_t m_validationImages = 0;
};

}  // namespace graft::ui
