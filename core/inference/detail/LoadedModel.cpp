// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/inference/detail/LoadedModel.h"

#include <torch/script.h>

#include <filesystem>

#include "core/runtime/detail/TorchDevice.h"
#include "core/training/detail/RunCommit.h"
#include "core/weights/WeightFile.h"

namespace graft::inference {

namespace {

Result<void> loadTorchScript(const std::string& file, LoadedModel& model) {
    auto module = std::make_shared<torch::jit::Module>();
    try {
        *module = torch::jit::load(file, model.device);
    } catch (const c10::Error&) {
        return fail(ErrorCode::BadFormat, "This is no TorchScript model, or it is damaged; export it again.",
                    file);
    }
    if (!module->find_method("forward"))
        return fail(ErrorCode::BadFormat, "The TorchScript model has no forward().", file);
    module->eval();
    model.forward = [module](const at::Tensor& images) { return module->forward({images}).toTensor(); };
    return {};
}

Result<void> loadWeights(const std::string& file, LoadedModel& model) {
    const auto& sidecar = model.sidecar;
    auto network = backbones::Network::create(sidecar.backbone, static_cast<int>(sidecar.classes.size()),
                                              sidecar.head, backbones::Network::BackboneWeights::Unset);
    if (!network) return fail(network.error());
    const auto dict = weights::readWeights(file);
    if (!dict) return fail(dict.error());
    if (const auto loaded = network->load(*dict, true, file); !loaded) return loaded;
    network->train(false);
    network->to(model.device);
    model.network = std::make_shared<backbones::Network>(std::move(*network));
    model.forward = [net = model.network](const at::Tensor& images) { return net->forward(images); };
    return {};
}

}  // namespace

Result<LoadedModel> loadModelFile(const std::string& file, const exporting::Sidecar& sidecar,
                                  const std::string& device) {
    const auto chosen = runtime::chooseDevice(device);
    if (!chosen) return fail(chosen.error());
    LoadedModel model;
    model.sidecar = sidecar;
    model.device = runtime::torchDevice(*chosen);
    const auto loaded =
        sidecar.format == "torchscript" ? loadTorchScript(file, model) : loadWeights(file, model);
    if (!loaded) return fail(loaded.error());
    return model;
}

Result<LoadedModel> loadModel(const std::string& path, const std::string& device) {
    std::error_code error;
    std::string file = path;
    if (std::filesystem::is_directory(path, error)) {
        const training::RunPaths paths(path);
        if (!std::filesystem::exists(paths.config, error)) {
            return fail(ErrorCode::NotFound, "This folder is no run; give a run folder or an exported model.",
                        path);
        }
        training::settleIfFree(paths);
        file = paths.model;
        if (!std::filesystem::exists(file, error)) {
            return fail(ErrorCode::NotFound, "The run has no model yet; let an epoch end first.", path);
        }
    } else if (!std::filesystem::exists(path, error)) {
        return fail(ErrorCode::NotFound, "There is no such model.", path);
    }
    const auto sidecar = exporting::readSidecar(file);
    if (!sidecar) return fail(sidecar.error());
    return loadModelFile(file, *sidecar, device);
}

}  // namespace graft::inference
