// SPDX-License-Identifier: GPL-3.0-or-later
// Where pretrained weights lie on this machine: Graft's own folder ($XDG_DATA_HOME/graft/weights) and
// PyTorch's download folder ($TORCH_HOME/hub/checkpoints), used where they lie.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/base/Result.h"

namespace graft::backbones {
struct CatalogueEntry;
}

namespace graft::weights {

// The first file found for this entry: Graft's folder (NAME-TAG.safetensors, NAME.safetensors, the official
// file's name), then PyTorch's (the official file's name).
std::optional<std::string> locateWeights(const backbones::CatalogueEntry& entry);

// As locateWeights, without NAME.safetensors, which does not say whose of a backbone's weights it has.
std::optional<std::string> locatePublished(const backbones::CatalogueEntry& entry);

// Graft's folder for weights; it may not exist yet.
std::string weightsFolder();

// How a weight file fits a backbone, name by name.
struct WeightFit {
    std::size_t matched = 0;
    std::vector<std::string> missing;     // the backbone has it, the file does not
    std::vector<std::string> unexpected;  // the file has it, the backbone does not (classifier aside)
    std::vector<std::string> wrongShape;  // "layer1.0.conv1.weight: 64 x 64 x 3 x 3, not 64 x 64 x 1 x 1"
    std::vector<std::string> classifier;  // the old classifier's, expected to be left out
    bool fits() const { return missing.empty() && wrongShape.empty() && unexpected.empty() && matched > 0; }
    std::string sentence() const;  // what does not fit, with the first few names
};

// Errors: as readWeights; NotFound for an unknown backbone.
Result<WeightFit> checkWeights(const std::string& file, const std::string& backbone);

}  // namespace graft::weights
