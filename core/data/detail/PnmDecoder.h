// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "core/base/Image.h"
#include "core/base/Result.h"

namespace graft::data {

// PBM, PGM and PPM, as text and as bytes (P1 to P6, netpbm's ppm(5)); values up to 65535, scaled to 0..255.
Result<base::Image> decodePnm(std::span<const std::uint8_t> bytes, const std::string& name);

}  // namespace graft::data
