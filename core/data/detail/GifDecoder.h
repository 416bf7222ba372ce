// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "core/base/Image.h"
#include "core/base/Result.h"

namespace graft::data {

// The first frame of a GIF on its canvas; transparent pixels take their palette colour.
Result<base::Image> decodeGif(std::span<const std::uint8_t> bytes, const std::string& name);

}  // namespace graft::data
