// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <span>
#include <string>

namespace graft::base {

// SHA-256 in lower-case hex.
std::string sha256Hex(std::span<const std::uint8_t> bytes);

}  // namespace graft::base
