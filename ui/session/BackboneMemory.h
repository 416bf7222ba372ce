// SPDX-License-Identifier: GPL-3.0-or-later
// What a person has set that belongs to a backbone and its weights, the freeze plan and the preprocessing: it
// goes with another choice, and comes back with the choice it was made for.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>

#include "core/backbones/FreezePlan.h"
#include "core/settings/TrainConfig.h"

namespace graft::ui {

class BackboneMemory {
  public:
    // Before the backbone or the weights of config are left. defaults: what they came with.
    void keep(const settings::TrainConfig& config, const settings::TrainConfig& defaults);
    // fresh: what a backbone and its weights come with. What was never set stays as it is.
    void giveBack(settings::TrainConfig& fresh) const;

  private:
    struct Kept {
        std::optional<backbones::FreezePlan> freeze;
        std::map<std::string, settings::Value> values;  // by the setting's key
    };

    std::map<std::pair<std::string, std::string>, Kept> m_kept;  // by backbone and weight file
};

}  // namespace graft::ui
