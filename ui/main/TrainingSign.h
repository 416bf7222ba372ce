// SPDX-License-Identifier: GPL-3.0-or-later
// The small sign of the training that is going on, in the sidebar beside every page: what is trained, how far
// it is, and whether it rests. A click leads to it. Hidden while there is none.
#pragma once

#include <QAbstractButton>
#include <optional>

namespace graft::ui {

struct RunningRun;

class TrainingSign : public QAbstractButton {
    Q_OBJECT
  public:
    explicit TrainingSign(QWidget* parent = nullptr);

    void showRun(const std::optional<RunningRun>& run);
    QString note() const { return m_note; }  // "epoch 3 of 10 · 25 %"

    QSize sizeHint() const override { return {175, 50}; }

  protected:
    void paintEvent(QPaintEvent* event) override;

  private:
    QString m_note;
    double m_progress = 0;
    bool m_isAtRest = false;
};

}  // namespace graft::ui
