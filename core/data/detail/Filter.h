// SPDX-License-Identifier: GPL-3.0-or-later
// The filters that pictures are resampled with, as Pillow has them: a triangle, and Keys' cubic with a =
// -0.5.
#pragma once

#include <algorithm>
#include <cmath>

#include "core/data/Preprocess.h"

namespace graft::data {

// Beyond it the weight is 0; in pixels of the result where the picture gets smaller, else of the picture.
inline double filterSupport(Interpolation interpolation) {
    return interpolation == Interpolation::Bicubic ? 2.0 : 1.0;
}

inline double filterWeight(Interpolation interpolation, double x) {
    if (interpolation == Interpolation::Bilinear) return std::max(0.0, 1.0 - std::abs(x));
    constexpr double a = -0.5;
    x = std::abs(x);
    if (x < 1.0) return ((a + 2.0) * x - (a + 3.0)) * x * x + 1.0;
    if (x < 2.0) return (((x - 5.0) * x + 8.0) * x - 4.0) * a;
    return 0.0;
}

}  // namespace graft::data
