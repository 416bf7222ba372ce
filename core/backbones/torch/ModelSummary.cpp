// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/backbones/ModelSummary.h"

#include <torch/types.h>
#include <torch/utils.h>

#include <algorithm>
#include <new>

#include "core/backbones/torch/Network.h"
#include "core/backbones/torch/NormWatch.h"
#include "core/base/torch/TorchErrors.h"

namespace graft::backbones {

namespace {

std::int64_t countOf(const std::vector<at::Tensor>& parameters) {
    std::int64_t count = 0;
    for (const at::Tensor& parameter : parameters)
        count += parameter.numel();
    return count;
}

}  // namespace

Result<std::vector<UnitSummary>> listUnits(const std::string& backbone) {
    const UnsetWeights structureOnly;
    const auto built = makeBackbone(backbone);
    if (!built) return fail(built.error());
    std::vector<UnitSummary> units;
    for (const Unit& unit : built->units) {
        units.push_back({unit.name, unit.stage, countOf(unit.parameters()), {}, 0, wiringOf(unit.steps)});
    }
    return units;
}

Result<ModelSummary> summarize(const std::string& backbone, int inputSize, int classes) try {
    const UnsetWeights shapesOnly;
    auto network = Network::create(backbone, classes, {});
    if (!network) return fail(network.error());
    if (const auto fits = network->checkInput(inputSize); !fits) return fail(fits.error());
    const torch::NoGradGuard noGradients;
    network->train(false);
    ModelSummary summary;
    summary.name = backbone;
    summary.inputSize = inputSize;
    summary.featureChannels = static_cast<int>(network->featureChannels());
    summary.classToken = network->hasClassToken();
    at::Tensor x = torch::zeros({1, 3, inputSize, inputSize});
    NormWatch norms;
    for (const Unit& unit : network->units()) {
        const CostCounter cost;
        x = unit.forward(x);
        summary.units.push_back({unit.name, unit.stage, countOf(unit.parameters()), x.sizes().slice(1).vec(),
                                 cost.multiplyAdds(), wiringOf(unit.steps)});
        summary.units.back().normNumbers = norms.takeFewest();
        summary.parameters += summary.units.back().parameters;
    }
    summary.featureNumbers = network->poolsFirst() ? x.size(1) : x.numel();
    summary.headParameters = countOf(network->head().parameters());
    summary.parameters += summary.headParameters;
    return summary;
} catch (const c10::Error& error) {
    if (base::isOutOfMemory(error)) return base::outOfMemory();
    return fail(ErrorCode::InvalidArgument,
                {GRAFT_TEXT("An input of {1} pixels is too small for {2}."), inputSize, backbone});
} catch (const std::bad_alloc&) {
    return base::outOfMemory();
}

}  // namespace graft::backbones
