// SPDX-License-Identifier: GPL-3.0-or-later
// What a recipe is laid on, and whether settings are those of a recipe. Of the GUI thread: nothing is read.
#pragma once

#include "core/backbones/ModelSummary.h"
#include "core/settings/Recipes.h"
#include "core/settings/TrainConfig.h"

namespace graft::ui {

// The backbone's defaults with what no recipe is about, as it stands in config: the folder, the machine, and
// how the weights want their pictures.
settings::TrainConfig withoutRecipe(const settings::TrainConfig& config,
                                    const settings::TrainConfig& defaults);

// Whether config is what withRecipe() makes of the above. summary (may be null, or of another backbone): then
// what is frozen is not looked at where the recipe says it in other words than units.
bool isRecipe(const settings::Recipe& recipe, const settings::TrainConfig& config,
              const settings::TrainConfig& defaults, const backbones::ModelSummary* summary);

}  // namespace graft::ui
