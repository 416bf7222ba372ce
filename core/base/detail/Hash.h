// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "core/base/Result.h"

namespace graft::base {

// SHA-256 in lower-case hex.
std::string sha256Hex(std::span<const std::uint8_t> bytes);

// The same of a file, read piece by piece. Errors: Unreadable.
Result<std::string> sha256OfFile(const std::string& path);

}  // namespace graft::base
