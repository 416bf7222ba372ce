// SPDX-License-Identifier: GPL-3.0-or-later
// A trained model as it is used: from a run folder, or an exported file of any format (ModelFormat.h).
#pragma once

#include <ATen/core/Tensor.h>
#include <torch/csrc/jit/api/module.h>

#include <functional>
#include <memory>
#include <string>

#include "core/backbones/torch/Network.h"
#include "core/base/Result.h"
#include "core/inference/detail/Sidecar.h"

namespace graft::inference {

struct LoadedModel {
    std::string file;
    inference::Sidecar sidecar;
    c10::Device device = c10::Device(c10::kCPU);
    // N x 3 x H x W on the device to a logit for each class, N x classes, whatever the network gives.
    std::function<at::Tensor(const at::Tensor&)> forward;
    // What forward runs, where the format gives one; TorchScript a script, a run's own model a network.
    std::shared_ptr<backbones::Network> network;
    std::shared_ptr<torch::jit::Module> script;
};

// The model has been asked once, and gives as many numbers as the sidecar says.
// Errors: Predictor::open's. LibTorch's exceptions pass.
Result<LoadedModel> loadModel(const std::string& path, const std::string& device);

// As loadModel for a file whose sidecar is known already.
Result<LoadedModel> loadModelFile(const std::string& file, const inference::Sidecar& sidecar,
                                  const std::string& device);

}  // namespace graft::inference
