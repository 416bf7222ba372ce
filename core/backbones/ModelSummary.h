// SPDX-License-Identifier: GPL-3.0-or-later
// The plain block tree of a backbone, as the window draws it and `graft-cli blocks` prints it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/base/Result.h"

namespace graft::backbones {

// How a unit's output comes from its input, as far as a picture of the network shows it.
enum class Wiring {
    Plain,     // one layer after the other
    Residual,  // the input is added to what the layers make of it, as it is or through a projection
    Dense,     // the input is kept, and what the layers make of it joined to it
    Branches,  // layers side by side, their outputs joined
};
std::string wiringName(Wiring wiring);  // "plain", "residual", "dense", "branches": as in JSON

struct UnitSummary {
    std::string name;   // "layer4.1": the name its parameters carry in torchvision's state dict
    std::string stage;  // "layer4"
    std::int64_t parameters = 0;
    std::vector<std::int64_t> outputShape;  // C, H, W for one image
    std::int64_t multiplyAdds = 0;          // for one image, measured by running the unit
    Wiring wiring = Wiring::Plain;
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
    bool classToken = false;      // a transformer's, which has patches beside it
    // That are kept of an image where everything below a linear head is frozen.
    std::int64_t featureNumbers = 0;
};

// Builds the network, runs one image through it and measures. Some 10 to 300 ms: not for a GUI thread.
// classes: outputs of the head (1000 gives torchvision's parameter count).
// Errors: NotFound (no such backbone), InvalidArgument (an input too small for the network).
Result<ModelSummary> summarize(const std::string& backbone, int inputSize, int classes = 1000);

// Name, stage and parameters of every unit, without running anything: a few milliseconds.
// Errors: NotFound.
Result<std::vector<UnitSummary>> listUnits(const std::string& backbone);

}  // namespace graft::backbones
