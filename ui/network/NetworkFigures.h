// SPDX-License-Identifier: GPL-3.0-or-later
// What a freeze plan leaves to train, what stays as it is, and what one image costs.
#pragma once

#include <vector>

#include "core/backbones/ModelSummary.h"
#include "core/settings/TrainConfig.h"
#include "ui/widgets/FigureRow.h"

namespace graft::ui {

class NetworkFigures : public FigureRow {
    Q_OBJECT
  public:
    using FigureRow::FigureRow;

    // summary: null while it is not known; it was made for a head with so many outputs.
    void showNetwork(const backbones::ModelSummary* summary, const settings::TrainConfig& config,
                     int outputs);

  protected:
    // network: trainable parameters first.
    virtual void showFigures(const std::vector<Figure>& network, bool isKnown);
};

}  // namespace graft::ui
