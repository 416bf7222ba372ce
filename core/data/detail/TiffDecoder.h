// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "core/base/Result.h"
#include "core/data/detail/DecodedPicture.h"

namespace graft::data {

// The first page of a TIFF or BigTIFF through libtiff, which prints nothing; alpha is dropped, the
// orientation applied. 16 bits: see SixteenBits.h. Whole numbers of 32 bits are taken as 0 to 255 where none
// is larger, else as 16 bits; floating point as 0 to 1 where none is larger, else as 0 to 255. Other ranges
// have no white that could be known and are refused.
Result<DecodedPicture> decodeTiff(std::span<const std::uint8_t> bytes, const std::string& name);

}  // namespace graft::data
