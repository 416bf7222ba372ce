// SPDX-License-Identifier: GPL-3.0-or-later
// The card with a dozen validation images, always the same ones, and what the network says of them after each
// epoch. It is there from a run's first batch on, and hidden for a run from the disk, which keeps no such
// answers; it can be folded, and stays so.
#pragma once

#include "core/training/TrainEvents.h"
#include "ui/widgets/Card.h"

class QLabel;
class QToolButton;

namespace graft::ui {

class AnswerTiles;

class LiveImages : public Card {
    Q_OBJECT

  public:
    explicit LiveImages(QWidget* parent = nullptr);

    void clear();  // and hides it
    void take(const training::TrainEvent& event);
    bool isFolded() const;

  private:
    void showAnswers(const training::ValidationAnswers& answers);
    void fold(bool isFolded);

    QToolButton* m_fold = nullptr;
    QLabel* m_waiting = nullptr;
    AnswerTiles* m_tiles = nullptr;
};

}  // namespace graft::ui
