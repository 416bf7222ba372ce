// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <vector>

#include "core/base/Image.h"

namespace graft::data {

// A JPEG as libjpeg writes it by default: baseline, half the colours' resolution. quality: 1..100. Throws
// std::bad_alloc.
std::vector<std::uint8_t> encodeJpeg(const base::Image& image, int quality);

}  // namespace graft::data
