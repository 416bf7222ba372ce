// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "core/base/Image.h"
#include "core/base/Result.h"

namespace graft::data {

// Windows and OS/2 bitmaps of 1, 4, 8, 16, 24 and 32 bits, with palette, bit masks or run lengths; alpha is
// dropped.
Result<base::Image> decodeBmp(std::span<const std::uint8_t> bytes, const std::string& name);

}  // namespace graft::data
