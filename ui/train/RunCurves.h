// SPDX-License-Identifier: GPL-3.0-or-later
// The curves of a run: accuracy and loss over the epochs, a card each, and beside the accuracy the best epoch
// in words. Fed with the events of a run that is going on, or with the epochs of one from the disk.
#pragma once

#include <QString>
#include <QWidget>

#include "core/training/TrainEvents.h"

class QLabel;

namespace graft::ui {

class CurvePlot;

class RunCurves : public QWidget {
    Q_OBJECT

  public:
    explicit RunCurves(QWidget* parent = nullptr);

    // Takes everything away, at once; room for so many epochs.
    void clear(int epochs);

    // These are drawn by the next refresh().
    void setEpochs(int epochs);
    void take(const training::TrainEvent& event);
    void addEpoch(const training::EpochDone& epoch);
    void refresh();

    void showBest(const QString& text, const QString& basis);
    int epochCount() const;  // that are drawn: not those whose figures are no numbers

  private:
    void markPhase(int firstEpoch, const std::string& name);

    CurvePlot* m_accuracy = nullptr;
    CurvePlot* m_loss = nullptr;
    QLabel* m_best = nullptr;
};

}  // namespace graft::ui
