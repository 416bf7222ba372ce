// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/training/torch/StartingWeights.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <map>

#include "core/inference/detail/ModelHash.h"
#include "core/inference/detail/Sidecar.h"
#include "core/training/torch/Loss.h"
#include "core/weights/WeightFile.h"

namespace graft::training {

namespace {

constexpr std::size_t kNamedClasses = 5;

Message listOf(std::vector<std::string> names) {
    const std::size_t more = names.size() > kNamedClasses ? names.size() - kNamedClasses : 0;
    names.resize(names.size() - more);
    const std::string some = fmt::format("{}", fmt::join(names, ", "));
    if (more == 0) return Message::words(some);
    return {GRAFT_TEXT("{1} and {2} more"), some, more};
}

// The tensors of the classifier's last layer, which have a row for each class.
std::vector<std::string> classRows(const backbones::Network& network) {
    const std::string layer = network.outputLayer();
    return {layer + ".weight", layer + ".bias"};
}

// Rows in the order of `classes`, where they were in that of `had`, which has the same ones.
weights::TensorData reordered(const weights::TensorData& data, const std::vector<std::string>& had,
                              const std::vector<std::string>& classes) {
    std::map<std::string, std::size_t> rowOf;
    for (std::size_t i = 0; i < had.size(); ++i)
        rowOf[had[i]] = i;
    weights::TensorData result = data;
    result.bytes = std::make_shared<std::vector<std::byte>>(*data.bytes);
    const std::size_t rowBytes = data.bytes->size() / had.size();
    for (std::size_t i = 0; i < classes.size(); ++i) {
        std::memcpy(result.bytes->data() + i * rowBytes, data.bytes->data() + rowOf[classes[i]] * rowBytes,
                    rowBytes);
    }
    return result;
}

// Why a model's classifier cannot go on, or nothing.
Message whyNot(const inference::Sidecar& model, const settings::TrainConfig& config,
               const std::vector<std::string>& classes) {
    if (model.backbone != config.backbone) return {GRAFT_TEXT("the model is of {1}"), model.backbone};
    if (model.head.kind != config.head.kind)
        return {GRAFT_TEXT("the model's head is {1} and this run's is {2}"), model.head.kind,
                config.head.kind};
    const backbones::HeadKind& head = *backbones::findHead(config.head.kind);
    if (head.hidden != backbones::HeadKind::Hidden::None && model.head.hiddenUnits != config.head.hiddenUnits)
        return {GRAFT_TEXT("the model's head has {1} hidden units and this run's has {2}"),
                model.head.hiddenUnits, config.head.hiddenUnits};
    if (head.reads == backbones::HeadKind::Reads::Map &&
        model.preprocess.cropSize != config.preprocess.cropSize)
        return {GRAFT_TEXT("the model's head reads pictures of {1} pixels and this run's of {2}"),
                model.preprocess.cropSize, config.preprocess.cropSize};
    const backbones::OutputKind outputs = outputsOf(config).kind;
    if (model.outputs.kind != outputs)
        return {GRAFT_TEXT("the model's classifier gives {1} outputs and this run's {2}"),
                backbones::outputName(model.outputs.kind), backbones::outputName(outputs)};
    std::vector<std::string> had = model.classes;
    std::vector<std::string> wanted = classes;
    std::ranges::sort(had);
    std::ranges::sort(wanted);
    const bool hasRows = outputs == backbones::OutputKind::Softmax;  // one for each class, in any order
    if (had == wanted && std::ranges::adjacent_find(had) == had.end() &&
        (hasRows || model.classes == classes))
        return {};
    return {GRAFT_TEXT("the model is for the classes {1}, and the folder has {2}"), listOf(model.classes),
            listOf(classes)};
}

}  // namespace

Result<std::vector<Message>> loadStartingWeights(backbones::Network& network,
                                                 const settings::TrainConfig& config,
                                                 const std::vector<std::string>& classes) {
    const std::string file = weights::weightFileAt(config.weightsFile);
    auto dict = weights::readWeights(file);
    if (!dict) return fail(dict.error());
    std::vector<Message> notes = network.fit(*dict, false).notes;

    const auto model = inference::sidecarThatFits(file);
    if (!model && model.error().code != ErrorCode::NotFound) return fail(model.error());
    bool goesOn = false;
    if (model) {
        Message why = whyNot(*model, config, classes);
        goesOn = why.empty();
        for (const std::string& name : classRows(network)) {
            for (auto& [tensorName, data] : dict->tensors) {
                if (goesOn && tensorName == name && !data.shape.empty() &&
                    data.shape.front() == static_cast<std::int64_t>(classes.size()))
                    data = reordered(data, model->classes, classes);
            }
        }
        if (goesOn && !network.fit(*dict, true).fits()) {
            goesOn = false;
            why = GRAFT_TEXT("the file lacks the classifier that the .json beside it speaks of");
        }
        if (goesOn)
            notes.emplace_back(
                GRAFT_TEXT("The model's trained classifier is used: its classes are the folder's."));
        else
            notes.emplace_back(GRAFT_TEXT("The classifier begins anew: {1}."), why);
    } else if (network.fit(*dict, true).fits()) {
        notes.emplace_back(
            GRAFT_TEXT("The classifier begins anew: the one in the file has as many classes, but there is no "
                       "{1} to say which."),
            std::filesystem::path(inference::sidecarPath(file)).filename().string());
    }
    if (const auto loaded = network.load(*dict, goesOn, file); !loaded) return fail(loaded.error());
    return notes;
}

Result<std::string> startingHash(const settings::TrainConfig& config,
                                 const std::optional<Decisions>& decided) {
    auto hash = inference::sha256OfModel(config.weightsFile);
    if (!hash || !decided || *hash == decided->weightsSha256) return hash;
    return fail(
        ErrorCode::WeightsMismatch,
        GRAFT_TEXT(
            "The weight file is not the one that the run began with, and the run has no checkpoint yet; "
            "put that file back, or start another run."),
        config.weightsFile);
}

}  // namespace graft::training
