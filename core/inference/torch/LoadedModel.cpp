// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/inference/torch/LoadedModel.h"

#include <torch/script.h>

#include <exception>
#include <filesystem>
#include <new>

#include "core/backbones/torch/OutputTensors.h"
#include "core/backbones/torch/Trace.h"
#include "core/inference/torch/FormatIo.h"
#include "core/runtime/torch/TorchDevice.h"
#include "core/training/detail/RunCommit.h"

namespace graft::inference {

namespace {

// The sidecar is a text file that anybody may have edited: what it says is held against the model here,
// before it is used anywhere. A picture of nothing is enough to see what the model gives.
Result<void> checkAnswers(const std::string& file, const LoadedModel& model) {
    const auto wrong = [&](const Message& message) { return fail(ErrorCode::BadFormat, message, file); };
    const std::int64_t side = model.sidecar.preprocess.cropSize;
    const std::size_t classes = model.sidecar.classes.size();
    const std::size_t wanted = model.sidecar.outputs.count(classes);
    const torch::NoGradGuard noGradients;
    c10::IValue given;
    const at::Tensor nothing = backbones::Network::toInput(torch::zeros({2, 3, side, side}), model.device);
    try {
        given =
            model.script ? backbones::runAsItIs(*model.script, nothing) : c10::IValue(model.forward(nothing));
    } catch (const std::bad_alloc&) {
        throw;
    } catch (const std::exception&) {
        return wrong(
            {GRAFT_TEXT(
                 "The model cannot look at pictures of {1} x {1} pixels, which the .json beside it asks "
                 "for; export it again."),
             side});
    }
    if (!given.isTensor())
        return wrong(
            GRAFT_TEXT("The model's forward() does not give one tensor of logits; export it again."));
    const at::Tensor answer = given.toTensor();
    if (answer.dim() != 2 || answer.size(0) != 2) {
        return wrong(
            GRAFT_TEXT("The model does not give one row of numbers for each picture; export it again."));
    }
    if (answer.size(1) != static_cast<std::int64_t>(wanted)) {
        return wanted == classes
                   ? wrong({GRAFT_TEXT(
                                "The model gives {1} numbers, and the .json beside it names {2} classes: it "
                                "belongs to another model, or was edited; export the model again."),
                            answer.size(1), classes})
                   : wrong(
                         {GRAFT_TEXT(
                              "The model gives {1} numbers, and the .json beside it names {2} classes, which "
                              "it tells apart by one number: it belongs to another model, or was edited; "
                              "export the model again."),
                          answer.size(1), classes});
    }
    // Of a single number between 0 and 1 nothing can be said.
    if (model.sidecar.outputs.kind == backbones::OutputKind::Sigmoid) return {};
    const at::Tensor numbers = answer.to(torch::kCPU, torch::kDouble);
    if (numbers.ge(0).all().item<bool>() && (numbers.sum(1) - 1).abs().max().item<double>() < 1e-5) {
        return wrong(GRAFT_TEXT(
            "The model gives probabilities, and the .json beside it promises logits; export it without "
            "its softmax."));
    }
    return {};
}

}  // namespace

Result<LoadedModel> loadModelFile(const std::string& file, const inference::Sidecar& sidecar,
                                  const std::string& device) {
    const auto chosen = runtime::chooseDevice(device);
    if (!chosen) return fail(chosen.error());
    LoadedModel model;
    model.file = file;
    model.sidecar = sidecar;
    model.device = runtime::torchDevice(*chosen);
    const auto io = formatIo(sidecar.format);
    if (!io) return fail(io.error());
    if (const auto opened = io->open(model); !opened) return fail(opened.error());
    if (const auto checked = checkAnswers(file, model); !checked) return fail(checked.error());
    model.forward = [given = std::move(model.forward), outputs = sidecar.outputs](const at::Tensor& images) {
        return backbones::classLogits(given(images), outputs);
    };
    return model;
}

Result<LoadedModel> loadModel(const std::string& path, const std::string& device) {
    training::settleRunOf(path);
    std::error_code error;
    std::string file = path;
    if (std::filesystem::is_directory(path, error)) {
        const training::RunPaths paths(path);
        if (!std::filesystem::exists(paths.config, error)) {
            return fail(ErrorCode::NotFound,
                        GRAFT_TEXT("This folder is no run; give a run folder or an exported model."), path);
        }
        file = paths.model;
        if (!std::filesystem::exists(file, error)) {
            const bool hadOne = std::filesystem::exists(paths.evaluation, error);
            return hadOne ? fail(ErrorCode::NotFound, training::kNoModel, file)
                          : fail(ErrorCode::NotFound,
                                 GRAFT_TEXT("The run has no model yet; let an epoch end first."), path);
        }
    } else if (!std::filesystem::exists(path, error)) {
        return fail(ErrorCode::NotFound, GRAFT_TEXT("There is no such model."), path);
    }
    const auto sidecar = inference::sidecarThatFits(file);
    if (!sidecar) return fail(sidecar.error());
    return loadModelFile(file, *sidecar, device);
}

}  // namespace graft::inference
