// SPDX-License-Identifier: GPL-3.0-or-later
// What the next run costs with the freeze plan that is shown: where there are images, the figures are those
// of a run on them.
#pragma once

#include <vector>

#include "ui/network/NetworkFigures.h"

namespace graft::ui {

class CostMeasure;
class Project;

class CostPanel : public NetworkFigures {
    Q_OBJECT
  public:
    explicit CostPanel(Project& project, QWidget* parent = nullptr);
    ~CostPanel() override;

  protected:
    void showFigures(const std::vector<Figure>& network, bool isKnown) override;
    void showEvent(QShowEvent* event) override;
    void hideEvent(QHideEvent* event) override;

  private:
    void showCost();

    const Project& m_project;
    CostMeasure& m_measure;
    std::vector<Figure> m_network;
    bool m_isKnown = false;
};

}  // namespace graft::ui
