// SPDX-License-Identifier: GPL-3.0-or-later
// Resampling with antialiasing as Pillow does it (src/libImaging/Resample.c), since torchvision's
// published numbers were made with it: a separable filter whose support grows with the reduction,
// 8-bit rounding after the horizontal pass.
#pragma once

#include "core/base/Image.h"
#include "core/data/Preprocess.h"

namespace graft::data {

struct Rectangle {
    int x = 0;
    int y = 0;
    int width = 0;
    int height = 0;
};

// A part of an image that may begin and end within a pixel.
struct Box {
    double x = 0;
    double y = 0;
    double width = 0;
    double height = 0;
};

// Resizes the part `source` of the image to width x height and returns the part `window` of the
// result. Pixels wholly outside `source` are never read, as if it had been cropped first.
base::Image resample(const base::Image& image, const Box& source, int width, int height,
                     const Rectangle& window, Interpolation interpolation);

}  // namespace graft::data
