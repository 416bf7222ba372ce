// SPDX-License-Identifier: GPL-3.0-or-later
// The plain block tree of a backbone, as the window draws it and `graft-cli blocks` prints it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/base/Result.h"

namespace graft::backbones {

struct UnitSummary {
    std::string name;   // "layer4.1": the name its parameters carry in torchvision's state dict
    std::string stage;  // "layer4"
    std::int64_t parameters = 0;
    std::vector<std::int64_t> outputShape;  // C, H, W for one image
    std::int64_t multiplyAdds = 0;          // for one image, measured by running the unit
    // That one image gives a channel of its batch norms, where they get the fewest; 0: it has no batch norm.
    std::int64_t normNumbers = 0;
};

struct ModelSummary {
    std::string name;
    int inputSize = 224;
    std::vector<UnitSummary> units;  // in the order of the forward pass
    std::int64_t headParameters = 0;
    std::int64_t parameters = 0;  // units and head together
    int featureChannels = 0;      // what the head reads
    std::int64_t featureNumbers =
        0;  // that are kept of an image where everything below a linear head is frozen
};

// Builds the network, runs one image through it and measures. Some 10 to 300 ms: not for a GUI thread.
// classes: outputs of the head (1000 gives torchvision's parameter count).
// Errors: NotFound (no such backbone), InvalidArgument (an input too small for the network).
Result<ModelSummary> summarize(const std::string& backbone, int inputSize, int classes = 1000);

// Name, stage and parameters of every unit, without running anything: a few milliseconds.
// Errors: NotFound.
Result<std::vector<UnitSummary>> listUnits(const std::string& backbone);

}  // namespace graft::backbones
