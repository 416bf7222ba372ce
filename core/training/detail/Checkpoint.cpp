// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/training/detail/Checkpoint.h"

#include <nlohmann/json.hpp>
#include <set>

#include "core/training/detail/Optimizers.h"
#include "core/weights/WeightFile.h"
#include "core/weights/detail/TensorBridge.h"

namespace graft::training {

namespace {

using Json = nlohmann::ordered_json;

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

std::string toJson(const RunProgress& progress) {
    Json json{{"epoch", progress.epoch},      {"batches_done", progress.batchesDone},
              {"loss_sum", progress.lossSum}, {"correct", progress.correct},
              {"images", progress.images},    {"epoch_seconds", progress.epochSeconds},
              {"history", Json::array()}};
    json["train_seconds"] = progress.trainSeconds;
    json["lost"] = progress.lost;
    json["loss_scale"] = {progress.lossScale.scale, progress.lossScale.stepsWithoutOverflow};
    for (const EpochDone& e : progress.history) {
        json["history"].push_back({e.epoch, e.trainLoss, e.trainAccuracy, e.valLoss, e.valAccuracy,
                                   e.learningRate, e.seconds, e.imagesPerSecond, e.best, e.trainImages,
                                   e.validationImages});
    }
    return json.dump();
}

RunProgress fromJson(const std::string& text) {
    const Json json = Json::parse(text);
    RunProgress progress{json.at("epoch"),
                         json.at("batches_done"),
                         json.at("loss_sum"),
                         json.at("correct"),
                         json.at("images"),
                         json.at("epoch_seconds"),
                         {},
                         {},
                         {},
                         {}};
    if (json.contains("lost")) {  // not in checkpoints of older versions
        progress.trainSeconds = json.at("train_seconds");
        progress.lost = json.at("lost").get<std::vector<std::size_t>>();
    }
    if (json.contains("loss_scale"))  // not in checkpoints of older versions
        progress.lossScale = {json.at("loss_scale").at(0), json.at("loss_scale").at(1)};
    for (const Json& e : json.at("history")) {
        progress.history.push_back(
            {e.at(0), e.at(1), e.at(2), e.at(3), e.at(4), e.at(5), e.at(6), e.at(7), e.at(8), 0, 0});
        if (e.size() < 11) continue;
        progress.history.back().trainImages = e.at(9);
        progress.history.back().validationImages = e.at(10);
    }
    return progress;
}

}  // namespace

Result<void> saveFrozen(const std::string& file, const backbones::Network& network) {
    return weights::writeSafetensors(file, tensorsOf(network, true));
}

weights::StateDict stateDict(const backbones::Network& network, torch::optim::Optimizer& optimizer,
                             OptimizerKind kind, const RunProgress& progress) {
    weights::StateDict dict = tensorsOf(network, false);
    saveState(optimizer, kind, dict);
    dict.metadata.emplace_back(kProgressKey, toJson(progress));
    return dict;
}

Result<RunProgress> loadCheckpoint(const RunPaths& paths, backbones::Network& network,
                                   torch::optim::Optimizer& optimizer, OptimizerKind kind) {
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
    for (const auto& [key, value] : state->metadata) {
        if (key != kProgressKey) continue;
        try {
            return fromJson(value);
        } catch (const Json::exception&) {
            break;
        }
    }
    return fail(ErrorCode::BadFormat, "The checkpoint is damaged; start the run anew.", folder);
}

}  // namespace graft::training
