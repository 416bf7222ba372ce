// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "core/base/Image.h"
#include "core/base/Result.h"

namespace graft::data {

// A WebP, of an animated one the first frame; alpha is dropped, EXIF's orientation applied.
Result<base::Image> decodeWebp(std::span<const std::uint8_t> bytes, const std::string& name);

}  // namespace graft::data
