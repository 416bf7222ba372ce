// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "core/base/Result.h"
#include "core/data/detail/DecodedPicture.h"

namespace graft::data {

// PNG of every kind through libpng, which prints nothing; alpha is dropped, EXIF's orientation applied.
Result<DecodedPicture> decodePng(std::span<const std::uint8_t> bytes, const std::string& name);

}  // namespace graft::data
