// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "core/base/Image.h"
#include "core/base/Result.h"

namespace graft::data {

// Whether Graft was built with libheif and that has a decoder for HEIC (HEVC) or AVIF (AV1).
bool canReadHeic();
bool canReadAvif();

// The primary picture, turned as the file says; alpha is dropped.
Result<base::Image> decodeHeif(std::span<const std::uint8_t> bytes, const std::string& name);

}  // namespace graft::data
