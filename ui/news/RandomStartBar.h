// SPDX-License-Identifier: GPL-3.0-or-later
// "ResNet-50 starts from random numbers", as long as the next run does, with what to do about it. A run that
// goes on has another place for what it is.
#pragma once

#include "ui/news/NoticeBar.h"

namespace graft::ui {

class Project;

class RandomStartBar : public NoticeBar {
    Q_OBJECT
  public:
    // Whether the weights are chosen on the same page.
    enum class Place { WithTheWeights, OnAnotherPage };

    RandomStartBar(Project& project, Place place, QWidget* parent = nullptr);

  protected:
    void paintEvent(QPaintEvent* event) override;

  private:
    enum class Published { Nowhere, NotHere, Here };  // the weights of the wanted backbone

    void showStart();
    Published published() const;
    QString sentence() const;

    Project& m_project;
    Place m_place;
};

}  // namespace graft::ui
