// SPDX-License-Identifier: GPL-3.0-or-later
// What the cache of frozen features holds, what it does for the run, and a button that empties it.
#pragma once

#include <QWidget>

#include "core/training/TrainEvents.h"

class QLabel;
class QPushButton;

namespace graft::ui {

class InlineError;

class CachePanel : public QWidget {
    Q_OBJECT
  public:
    explicit CachePanel(QWidget* parent = nullptr);

    void refresh();  // reads the folder, off the GUI thread
    void showState(const training::CacheState& state);

  private:
    void clear();

    QLabel* m_usage = nullptr;
    QLabel* m_state = nullptr;
    QPushButton* m_clear = nullptr;
    InlineError* m_error = nullptr;
};

}  // namespace graft::ui
