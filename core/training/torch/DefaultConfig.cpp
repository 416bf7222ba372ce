// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/training/DefaultConfig.h"

#include <optional>
#include <utility>

#include "core/backbones/Catalogue.h"
#include "core/backbones/ModelSummary.h"
#include "core/inference/detail/Sidecar.h"
#include "core/training/detail/RunCommit.h"
#include "core/weights/WeightFile.h"

namespace graft::training {

namespace {

// Nothing where no .json lies beside the weights.
Result<std::optional<inference::Sidecar>> modelAt(const std::string& weightsFile) {
    if (weightsFile.empty()) return std::nullopt;
    auto sidecar = inference::sidecarThatFits(weights::weightFileAt(weightsFile));
    if (sidecar) return std::move(*sidecar);
    if (sidecar.error().code == ErrorCode::NotFound) return std::nullopt;
    return fail(sidecar.error());
}

}  // namespace

Result<settings::TrainConfig> defaultConfig(const std::string& backbone, const std::string& weightsFile) {
    settleRunOf(weightsFile);
    const auto entry = backbones::entryForWeights(backbone, weightsFile);
    if (!entry) return fail(entry.error());
    settings::TrainConfig config;
    config.backbone = backbone;
    config.weightsFile = weights::weightFileAt(weightsFile);
    config.preprocess = entry->preprocess;
    // A model brings what it was trained with.
    const auto model = modelAt(weightsFile);
    if (!model) return fail(model.error());
    if (*model && (*model)->backbone == backbone) {
        config.preprocess = (*model)->preprocess;
        config.head = (*model)->head;
    }
    if (!weightsFile.empty()) {
        const auto units = backbones::listUnits(backbone);
        if (!units) return fail(units.error());
        config.freeze = backbones::freezeAll(*units);
    }
    return config;
}

}  // namespace graft::training
