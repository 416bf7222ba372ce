// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "core/data/DatasetIndex.h"
#include "core/data/ImageDecoder.h"

namespace graft::data {

// A picture of the folder on its way into the index.
struct Candidate {
    std::string path;  // relative to the root
    std::string className;
    std::optional<Split> split;  // empty where Graft assigns it
    std::uint64_t bytes = 0;
    std::string sha256;
    Message problem;  // why it cannot be used; empty if it can
    PictureNote note = PictureNote::None;
};

}  // namespace graft::data
