// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/training/torch/HeadOpening.h"

#include <torch/types.h>
#include <torch/utils.h>

namespace graft::training {

namespace {

// The classifier's weight and bias, which have a row for each class.
bool isOfClassifier(const backbones::Network& network, const std::string& name) {
    return name == network.classifierName() + ".weight" || name == network.classifierName() + ".bias";
}

}  // namespace

void openHead(const backbones::Network& network) {
    if (network.lastRelu() == nullptr) return;
    network.lastRelu()->open();
    const torch::NoGradGuard noGradients;
    for (auto& [name, tensor] : network.namedTensors()) {
        if (isOfClassifier(network, name)) tensor -= tensor.mean(0, true);
    }
}

void closeHead(const backbones::Network& network, std::vector<std::pair<std::string, at::Tensor>>& tensors) {
    if (network.lastRelu() == nullptr) return;
    const torch::NoGradGuard noGradients;
    for (auto& [name, tensor] : tensors) {
        if (isOfClassifier(network, name)) tensor -= tensor.amin(0, true);
    }
}

}  // namespace graft::training
