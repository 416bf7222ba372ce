// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/training/torch/Checkpoint.h"

#include <charconv>
#include <set>
#include <string_view>

#include "core/training/detail/RunJson.h"
#include "core/weights/WeightFile.h"
#include "core/weights/torch/TensorBridge.h"

namespace graft::training {

namespace {

constexpr const char* kProgressKey = "progress";
constexpr std::string_view kOptimizerPrefix = "optimizer.";

weights::StateDict tensorsOf(const backbones::Network& network, const backbones::FreezePlan& untouched,
                             bool wantFrozen) {
    std::set<const void*> trained;
    for (const auto& [name, tensor] : network.tensorsBut(untouched))
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
    return fail(ErrorCode::BadFormat, GRAFT_TEXT("The checkpoint is damaged; start the run anew."), folder);
}

// Versions before 0.2 wrote the place of a parameter among those that are trained where its name is now:
// "optimizer.7.momentum".
void nameOptimizerState(weights::StateDict& state, const backbones::Network& network) {
    const auto parameters = network.trainableParameters();
    for (auto& entry : state.tensors) {
        std::string& name = entry.first;
        if (!name.starts_with(kOptimizerPrefix)) continue;
        const std::size_t dot = name.find('.', kOptimizerPrefix.size());
        std::size_t place = 0;
        const auto [end, error] =
            std::from_chars(&name[kOptimizerPrefix.size()], name.data() + name.size(), place);
        const bool isOld = error == std::errc() && dot != name.npos && end == &name[dot] &&
                           name.find('.', dot + 1) == name.npos && place < parameters.size();
        if (isOld) name = std::string(kOptimizerPrefix) + parameters[place].first + name.substr(dot);
    }
}

}  // namespace

Result<std::string> saveFrozen(const std::string& file, const backbones::Network& network,
                               const backbones::FreezePlan& untouched) {
    const weights::StateDict dict = tensorsOf(network, untouched, true);
    return weights::writeSafetensors(file, dict).map([&] { return digestOf(dict); });
}

weights::StateDict stateDict(const backbones::Network& network, const backbones::FreezePlan& untouched,
                             const PhaseTrainer& trainer, const RunProgress& progress) {
    weights::StateDict dict = tensorsOf(network, untouched, false);
    trainer.save(dict);
    dict.metadata.emplace_back(kProgressKey, toJson(progress));
    return dict;
}

Result<RunProgress> readProgress(const RunPaths& paths) {
    return weights::readSafetensorsMetadata(paths.state).and_then([&](const weights::Metadata& metadata) {
        return progressIn(metadata, paths.checkpoint);
    });
}

Result<CheckpointSeal> loadCheckpoint(const RunPaths& paths, backbones::Network& network,
                                      PhaseTrainer& trainer) {
    auto state = weights::readSafetensors(paths.state);
    if (!state) return fail(state.error());
    auto frozen = weights::readSafetensors(paths.frozen);
    if (!frozen) return fail(frozen.error());
    const std::string& folder = paths.checkpoint;
    CheckpointSeal said = sealIn(state->metadata);
    if (said.frozen.empty()) said.frozen = digestOf(*frozen);

    weights::StateDict model = std::move(*frozen);
    for (const auto& entry : state->tensors) {
        const std::string& name = entry.first;
        if (!name.starts_with(kOptimizerPrefix) && !name.starts_with(kHookPrefix))
            model.tensors.push_back(entry);
    }
    if (const auto loaded = network.load(model, true, folder); !loaded) return fail(loaded.error());
    nameOptimizerState(*state, network);
    if (const auto loaded = trainer.load(*state); !loaded) {
        return fail(loaded.error().code, loaded.error().message, folder);
    }
    return said;
}

}  // namespace graft::training
