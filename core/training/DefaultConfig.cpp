// SPDX-License-Identifier: GPL-3.0-or-later
// The part of TrainConfig.h that looks at the backbones themselves.
#include "core/backbones/Catalogue.h"
#include "core/backbones/ModelSummary.h"
#include "core/training/TrainConfig.h"

namespace graft::training {

Result<TrainConfig> defaultConfig(const std::string& backbone, const std::string& weightsFile) {
    const auto entry = backbones::entryForWeights(backbone, weightsFile);
    if (!entry) return fail(entry.error());
    TrainConfig config;
    config.backbone = backbone;
    config.weightsFile = weightsFile;
    config.preprocess = entry->preprocess;
    if (!weightsFile.empty()) {
        const auto units = backbones::listUnits(backbone);
        if (!units) return fail(units.error());
        for (const auto& unit : *units)
            config.freeze.frozenUnits.insert(unit.name);
    }
    return config;
}

}  // namespace graft::training
