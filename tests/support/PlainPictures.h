// SPDX-License-Identifier: GPL-3.0-or-later
// Pictures whose pixels say where they were, and the preprocessing that leaves them as they are.
#pragma once

#include <cstdint>

#include "core/base/Image.h"
#include "core/data/Preprocess.h"

namespace graft::test {

// Red is the column and green the row, so that a crop shows where it was taken.
inline base::Image coordinates(int width, int height) {
    base::Image image(width, height);
    for (int y = 0; y < height; ++y) {
        for (int x = 0; x < width; ++x) {
            image.row(y)[x * 3] = static_cast<std::uint8_t>(x);
            image.row(y)[x * 3 + 1] = static_cast<std::uint8_t>(y);
            image.row(y)[x * 3 + 2] = 100;
        }
    }
    return image;
}

// Numbers that are the pixels' values again.
inline data::PreprocessOptions pixelValues(int resize, int crop) {
    data::PreprocessOptions options;
    options.resizeSize = resize;
    options.cropSize = crop;
    options.mean = {0, 0, 0};
    options.deviation = {1 / 255.0F, 1 / 255.0F, 1 / 255.0F};
    return options;
}

}  // namespace graft::test
