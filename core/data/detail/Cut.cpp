// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/detail/Cut.h"

#include <algorithm>
#include <cmath>
#include <cstdint>

namespace graft::data {

// Resize(resizeSize) -> CenterCrop(cropSize), of which only the crop is computed.
Cut centreCut(int imageWidth, int imageHeight, const PreprocessOptions& options) {
    const std::int64_t shorter = std::min(imageWidth, imageHeight);
    const auto scaled = [&](int side) {
        return static_cast<int>(static_cast<std::int64_t>(options.resizeSize) * side / shorter);
    };
    const int width = scaled(imageWidth);
    const int height = scaled(imageHeight);
    // torchvision rounds the offset as Python does: halves to the even number.
    const auto offset = [&](int side) {
        return static_cast<int>(std::nearbyint((side - options.cropSize) / 2.0));
    };
    return {{0, 0, imageWidth, imageHeight},
            width,
            height,
            {offset(width), offset(height), options.cropSize, options.cropSize}};
}

Rectangle randomCrop(int width, int height, const AugmentOptions& augment, base::RandomStream& random) {
    const double narrowest = augment.narrowest;
    const double widest = 1 / narrowest;
    const double area = static_cast<double>(width) * height;
    const double logLow = std::log(narrowest);
    const double logHigh = std::log(widest);
    for (int attempt = 0; attempt < 10; ++attempt) {
        const double target = area * random.uniform(augment.minimumArea, augment.maximumArea);
        const double ratio = std::exp(random.uniform(logLow, logHigh));
        const int w = static_cast<int>(std::nearbyint(std::sqrt(target * ratio)));
        const int h = static_cast<int>(std::nearbyint(std::sqrt(target / ratio)));
        if (w > 0 && w <= width && h > 0 && h <= height) {
            const auto y = static_cast<int>(random.below(static_cast<std::uint64_t>(height - h) + 1));
            const auto x = static_cast<int>(random.below(static_cast<std::uint64_t>(width - w) + 1));
            return {x, y, w, h};
        }
    }
    const double ratio = static_cast<double>(width) / height;
    int w = width;
    int h = height;
    if (ratio < narrowest) {
        h = static_cast<int>(std::nearbyint(w / narrowest));
    } else if (ratio > widest) {
        w = static_cast<int>(std::nearbyint(h * widest));
    }
    return {(width - w) / 2, (height - h) / 2, w, h};
}

}  // namespace graft::data
