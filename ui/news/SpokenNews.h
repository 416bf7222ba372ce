// SPDX-License-Identifier: GPL-3.0-or-later
// Tells whoever has the window read aloud that a training has ended, whatever page is looked at. Nothing of
// it is seen: the sidebar and a line across the page say it to the eye.
#pragma once

#include <QWidget>

namespace graft::ui {

class TrainingController;
struct TrainingResult;

class SpokenNews : public QWidget {
    Q_OBJECT
  public:
    SpokenNews(TrainingController& controller, QWidget* window);

  private:
    void tell(const TrainingResult& result);
};

}  // namespace graft::ui
