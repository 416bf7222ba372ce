// SPDX-License-Identifier: GPL-3.0-or-later
// What a setting can hold: what JSON, the command line and a field in the window have in common.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <variant>

namespace graft::settings {

using Rgb = std::array<float, 3>;  // R, G, B

// Whole numbers: std::int64_t, and std::uint64_t where the whole of its range is meant (a seed).
using Value = std::variant<bool, std::int64_t, std::uint64_t, double, Rgb, std::string>;

// As a person types it: "true", "7", "0.001", "0.5,0.5,0.5", "adamw". Numbers in the fewest digits that give
// the same number again.
std::string text(const Value& value);

}  // namespace graft::settings
