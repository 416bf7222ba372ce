// SPDX-License-Identifier: GPL-3.0-or-later
// The picture of the network on which it is chosen what is trained, with the usual choices as buttons below.
#pragma once

#include <memory>
#include <vector>

#include "core/backbones/FreezePlan.h"
#include "core/backbones/ModelSummary.h"
#include "core/base/Image.h"
#include "core/settings/TrainConfig.h"
#include "ui/widgets/Card.h"

class QLabel;

namespace graft::ui {

class BlockDiagram;
class InlineError;
class NetworkMeasure;
class NetworkPicture;
class Pill;
class Project;

class BlocksCard : public Card {
    Q_OBJECT
  public:
    explicit BlocksCard(Project& project, QWidget* parent = nullptr);

    // What is drawn: the block tree, without what the head leaves out; null while it is looked up or
    // measured.
    std::shared_ptr<const backbones::ModelSummary> summary() const { return m_summary; }
    // The settings in use, with the freeze plan that is drawn: of a run of phases the first one's, and while
    // the line is dragged what letting go would make of it.
    const settings::TrainConfig& shown() const { return m_shown; }

  signals:
    void changed();  // any of them

  private:
    void buildPresets();
    void follow();
    void findSummary();
    void showPhases();
    void showPicture();
    void showPresets();
    void setConfig(const settings::TrainConfig& config);

    Project& m_project;
    NetworkMeasure& m_measure;
    NetworkPicture& m_picture;
    std::shared_ptr<const base::Image> m_shownImage;
    std::shared_ptr<const backbones::ModelSummary> m_all;  // that m_summary was made of
    std::shared_ptr<const backbones::ModelSummary> m_summary;
    settings::TrainConfig m_shown;
    BlockDiagram* m_diagram;
    QLabel* m_waiting;
    QLabel* m_phaseNote;
    InlineError* m_error;
    std::vector<Pill*> m_presets;  // as kPlanPresets
};

}  // namespace graft::ui
