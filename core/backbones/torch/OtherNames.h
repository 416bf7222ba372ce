// SPDX-License-Identifier: GPL-3.0-or-later
// Weight files that hold a family's tensors under the names of another library, or cut otherwise.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/weights/StateDict.h"

namespace graft::backbones {

struct Rename {
    std::string_view from;  // a part of a name; with ^ before it, its beginning
    std::string_view to;
};

// In every name, each in turn where it stands first.
void rename(weights::StateDict& dict, const std::vector<Rename>& renames);

// Tensors that lie in several, such as query, key and value: wherever all of `parts` stand in the same place
// of otherwise equal names, one under the name with `whole` there, their rows one after another. What does
// not go together (another type, another width) stays as it is.
void joinRows(weights::StateDict& dict, const std::vector<std::string_view>& parts, std::string_view whole);

// The way back: rows [0, first) of the tensor of this name, and the others, under two names. A tensor that is
// not there, or has not so many rows, stays.
void splitRows(weights::StateDict& dict, std::string_view name, std::int64_t first, const std::string& head,
               const std::string& tail);

// A first side of 1 comes or goes: 1 x tokens x C, tokens x C. A tensor that is not there, or has another,
// stays.
void addBatchSide(weights::StateDict& dict, std::string_view name);
void dropBatchSide(weights::StateDict& dict, std::string_view name);

// One more token of zeros in front: 1 x tokens x C to 1 x (1 + tokens) x C. A tensor that is not there, or
// has another shape, stays.
void addEmptyToken(weights::StateDict& dict, std::string_view name);

}  // namespace graft::backbones
