// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/session/BackboneMemory.h"

#include "core/settings/Settings.h"

namespace graft::ui {

void BackboneMemory::keep(const settings::TrainConfig& config, const settings::TrainConfig& defaults) {
    if (config.backbone != defaults.backbone) return;  // its units have other names
    Kept kept;
    if (config.freeze != defaults.freeze) kept.freeze = config.freeze;
    for (const settings::Setting& setting : settings::all()) {
        if (!setting.ofWeights) continue;
        const settings::Value value = setting.field.get(config);
        if (value != setting.field.get(defaults)) kept.values[setting.key] = value;
    }
    m_kept[{config.backbone, config.weightsFile}] = kept;
}

void BackboneMemory::giveBack(settings::TrainConfig& fresh) const {
    const auto found = m_kept.find({fresh.backbone, fresh.weightsFile});
    if (found == m_kept.end()) return;
    if (found->second.freeze) fresh.freeze = *found->second.freeze;
    for (const auto& [key, value] : found->second.values)
        settings::find(key)->field.set(fresh, value);
}

}  // namespace graft::ui
