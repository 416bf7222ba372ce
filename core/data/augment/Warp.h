// SPDX-License-Identifier: GPL-3.0-or-later
// A picture through a homography, in one resampling.
#pragma once

#include <array>
#include <cstdint>

#include "core/base/Image.h"
#include "core/data/AugmentOptions.h"
#include "core/data/Preprocess.h"
#include "core/data/augment/Homography.h"

namespace graft::data {

// What is seen where the picture is not. A point belongs to the picture if it lies within its borders, as in
// Pillow: colours inside and outside are not mixed.
struct Surroundings {
    Outside outside = Outside::Black;
    std::array<std::uint8_t, 3> mean{};  // also for what lies behind a perspective's horizon
};

// map: from a point of the result to one of the image, in pixels; (0, 0) is the corner of the first pixel.
// Where the image gets smaller and isAntialiased, the filter is as wide in x and in y as the pixel of the
// result lies there; for a map without rotation or shear that is resample()'s filter. Without, it is Pillow's
// Image.transform.
base::Image warp(const base::Image& image, const Homography& map, int width, int height,
                 Interpolation interpolation, const Surroundings& surroundings, bool isAntialiased = true);

}  // namespace graft::data
