// SPDX-License-Identifier: GPL-3.0-or-later
// The curves of a run, a card each: accuracy and loss over the epochs, and where a person asks for them the
// learning rate and the recall of each class; beside the accuracy the best epoch in words, below them a dozen
// validation images. Fed with the events of a run that is going on, or with the epochs of one from the disk.
#pragma once

#include <QString>
#include <QWidget>
#include <array>
#include <string>
#include <vector>

#include "core/training/TrainEvents.h"
#include "ui/plots/Curve.h"
#include "ui/train/RecallCurves.h"

class QAction;
class QGridLayout;
class QLabel;
class QScrollArea;

namespace graft::ui {

class CurveCard;
class CurvePlot;
class FileSaves;
class LiveImages;
class Project;
class UserPrompts;

class RunCurves : public QWidget {
    Q_OBJECT

  public:
    RunCurves(Project& project, UserPrompts& prompts, QWidget* parent = nullptr);

    // Takes everything away, at once; room for so many epochs.
    void clear(int epochs);

    // These are drawn by the next refresh().
    void setEpochs(int epochs);
    void take(const training::TrainEvent& event);
    void addEpoch(const training::EpochDone& epoch);
    void refresh();

    void showBest(const QString& text, const QString& basis);
    int epochCount() const;  // that are drawn: not those whose figures are no numbers

  protected:
    void resizeEvent(QResizeEvent* event) override;

  private:
    enum Plot { Accuracy, Loss, LearningRate, Recall };
    static constexpr std::size_t kPlots = 4;

    void buildCards(FileSaves& saves, UserPrompts& prompts);
    void buildChoice();
    void arrange();
    void markPhase(int firstEpoch, const std::string& name);
    CurvePlot* plot(Plot which) const;

    std::array<CurveCard*, kPlots> m_cards{};
    std::array<QAction*, kPlots> m_choice{};
    QScrollArea* m_scroll = nullptr;
    QGridLayout* m_grid = nullptr;
    bool m_isWide = false;  // enough for two columns
    LiveImages* m_live = nullptr;
    QLabel* m_best = nullptr;
    Curve m_rate;
    RecallCurves m_recall;
    bool m_isEpochNew = true;  // what the plots without single batches show is not drawn yet
};

}  // namespace graft::ui
