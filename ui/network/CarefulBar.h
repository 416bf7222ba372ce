// SPDX-License-Identifier: GPL-3.0-or-later
// What a person should know of the next run before it starts, one sentence at a time, with a button that does
// what helps.
#pragma once

#include <QString>
#include <cstddef>
#include <functional>

#include "core/settings/TrainConfig.h"
#include "ui/news/NoticeBar.h"

class QPushButton;

namespace graft::ui {

class CostMeasure;
class Project;

class CarefulBar : public NoticeBar {
    Q_OBJECT
  public:
    explicit CarefulBar(Project& project, QWidget* parent = nullptr);

  protected:
    void paintEvent(QPaintEvent* event) override;

  private:
    void showCautions();
    void showNext();
    void applyRemedy();

    Project& m_project;
    CostMeasure& m_measure;
    QPushButton* m_next;
    std::size_t m_shown = 0;  // which of the cautions
    std::function<void(settings::TrainConfig&)> m_apply;
};

}  // namespace graft::ui
