// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/training/torch/Checkpoint.h"

#include <set>

#include "core/training/detail/RunJson.h"
#include "core/training/torch/Optimizers.h"
#include "core/weights/WeightFile.h"
#include "core/weights/torch/TensorBridge.h"

namespace graft::training {

namespace {

constexpr const char* kProgressKey = "progress";

weights::StateDict tensorsOf(const backbones::Network& network, bool wantFrozen) {
    std::set<const void*> trained;
    for (const auto& [name, tensor] : network.trainedTensors())
        trained.insert(tensor.unsafeGetTensorImpl());
    weights::StateDict dict;
    for (const auto& [name, tensor] : network.namedTensors()) {
        if (trained.contains(tensor.unsafeGetTensorImpl()) != wantFrozen)
            dict.tensors.emplace_back(name, weights::fromTensor(tensor));
    }
    return dict;
}

Result<RunProgress> progressIn(const weights::Metadata& metadata, const std::string& folder) {
    for (const auto& [key, value] : metadata) {
        if (key == kProgressKey) return progressFromJson(value, folder);
    }
    return fail(ErrorCode::BadFormat, "The checkpoint is damaged; start the run anew.", folder);
}

}  // namespace

Result<void> saveFrozen(const std::string& file, const backbones::Network& network) {
    return weights::writeSafetensors(file, tensorsOf(network, true));
}

weights::StateDict stateDict(const backbones::Network& network, torch::optim::Optimizer& optimizer,
                             settings::OptimizerKind kind, const RunProgress& progress) {
    weights::StateDict dict = tensorsOf(network, false);
    saveState(optimizer, kind, dict);
    dict.metadata.emplace_back(kProgressKey, toJson(progress));
    return dict;
}

Result<RunProgress> readProgress(const RunPaths& paths) {
    return weights::readSafetensorsMetadata(paths.state).and_then([&](const weights::Metadata& metadata) {
        return progressIn(metadata, paths.checkpoint);
    });
}

Result<RunProgress> loadCheckpoint(const RunPaths& paths, backbones::Network& network,
                                   torch::optim::Optimizer& optimizer, settings::OptimizerKind kind) {
    auto state = weights::readSafetensors(paths.state);
    if (!state) return fail(state.error());
    auto frozen = weights::readSafetensors(paths.frozen);
    if (!frozen) return fail(frozen.error());
    const std::string& folder = paths.checkpoint;

    weights::StateDict model = std::move(*frozen);
    for (const auto& entry : state->tensors) {
        if (!entry.first.starts_with("optimizer.")) model.tensors.push_back(entry);
    }
    if (const auto loaded = network.load(model, true, folder); !loaded) return fail(loaded.error());
    if (const auto loaded = loadState(optimizer, kind, *state); !loaded) {
        return fail(loaded.error().code, loaded.error().message, folder);
    }
    return progressIn(state->metadata, folder);
}

}  // namespace graft::training
