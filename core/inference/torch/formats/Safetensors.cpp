// SPDX-License-Identifier: GPL-3.0-or-later
#include <memory>
#include <utility>

#include "core/inference/torch/FormatIo.h"
#include "core/weights/WeightFile.h"

namespace graft::inference::io {

namespace {

Result<void> writeTensors(const LoadedModel& model, const std::string& file) {
    weights::StateDict dict = model.network->stateDict();
    dict.metadata.emplace_back("format", "pt");
    markAsTrained(dict, model.sidecar.classes);
    return weights::writeSafetensors(file, dict);
}

Result<void> openTensors(LoadedModel& model) {
    const auto& sidecar = model.sidecar;
    auto network = backbones::Network::create(
        sidecar.backbone, static_cast<int>(sidecar.outputs.count(sidecar.classes.size())), sidecar.head,
        backbones::Network::BackboneWeights::Unset, sidecar.preprocess.cropSize);
    if (!network) return fail(network.error());
    const auto dict = weights::readWeights(model.file);
    if (!dict) return fail(dict.error());
    if (const auto loaded = network->load(*dict, true, model.file); !loaded) {
        return fail(
            ErrorCode::BadFormat,
            {GRAFT_TEXT("The .json beside the model does not fit it, or was edited; export the model again. "
                        "({1})"),
             loaded.error().message},
            model.file);
    }
    network->train(false);
    network->to(model.device);
    model.network = std::make_shared<backbones::Network>(std::move(*network));
    model.forward = [net = model.network](const at::Tensor& images) { return net->forward(images); };
    return {};
}

}  // namespace

FormatIo safetensors() {
    return {writeTensors, openTensors};
}

}  // namespace graft::inference::io
