// SPDX-License-Identifier: GPL-3.0-or-later
// What each stage of a backbone makes of one picture, for a person to see.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "core/base/Result.h"
#include "core/data/Preprocess.h"
#include "core/runtime/RunControl.h"

namespace graft::inference {

struct StageViewRequest {
    std::string backbone;
    std::string weightsFile;  // empty: random weights
    std::uint64_t seed = 1;   // of these
    std::string image;
    data::PreprocessOptions preprocess;
    std::size_t channels = 8;  // of each stage, at most

    bool operator==(const StageViewRequest&) const = default;
};

// One channel of a map, from its lowest number (0) to its highest (255), row after row.
struct ChannelView {
    std::size_t channel = 0;
    int width = 0;
    int height = 0;
    std::vector<std::uint8_t> values;  // height x width
};

struct StageView {
    std::string stage;
    std::size_t allChannels = 0;
    // The strongest first: whose numbers differ most over the picture, by their standard deviation; a channel
    // that is the same everywhere shows nothing. Empty where the stage gives plain numbers, or a map of one
    // pixel.
    std::vector<ChannelView> channels;
};

// Of every stage, in their order, by one pass through the backbone, on the CPU, in one thread: something for
// a background. Tokens are laid back to the map that they were cut from. Once a stop is requested, empty.
// Errors: NotFound, Unreadable, BadFormat (the image, the weights), WeightsMismatch, InvalidArgument (a size
// that the network cannot take), OutOfMemory.
Result<std::vector<StageView>> viewStages(const StageViewRequest& request, runtime::RunControl& control);

}  // namespace graft::inference
