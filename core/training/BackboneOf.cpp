// SPDX-License-Identifier: GPL-3.0-or-later
// The part of DefaultConfig.h that needs no LibTorch.
#include "core/inference/detail/Sidecar.h"
#include "core/training/DefaultConfig.h"
#include "core/weights/WeightFile.h"

namespace graft::training {

std::string backboneOf(const std::string& weightsFile) {
    if (weightsFile.empty()) return {};
    // Whether it is that model's is for defaultConfig to say, which is asked next: a hash is read once.
    const auto sidecar = inference::readSidecar(weights::weightFileAt(weightsFile));
    return sidecar ? sidecar->backbone : std::string();
}

}  // namespace graft::training
