// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/Preprocess.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

#include "core/base/Seed.h"
#include "core/data/detail/Resample.h"

namespace graft::data {

namespace {

std::vector<float> normalised(const base::Image& image, const PreprocessOptions& options, bool mirrored) {
    const std::size_t plane = static_cast<std::size_t>(image.width) * static_cast<std::size_t>(image.height);
    std::vector<float> values(plane * 3);
    for (std::size_t channel = 0; channel < 3; ++channel) {
        const float mean = options.mean[channel];
        const float deviation = options.deviation[channel];
        float* out = values.data() + channel * plane;
        for (int y = 0; y < image.height; ++y) {
            const std::uint8_t* row = image.row(y) + channel;
            for (int x = 0; x < image.width; ++x) {
                const int from = mirrored ? image.width - 1 - x : x;
                *out++ = (static_cast<float>(row[static_cast<std::ptrdiff_t>(from) * 3]) / 255.0F - mean) /
                         deviation;
            }
        }
    }
    return values;
}

// Resize(resizeSize) -> CenterCrop(cropSize), of which only the crop is computed.
base::Image resizedCentre(const base::Image& image, const PreprocessOptions& options) {
    const std::int64_t shorter = std::min(image.width, image.height);
    const auto scaled = [&](int side) {
        return static_cast<int>(static_cast<std::int64_t>(options.resizeSize) * side / shorter);
    };
    const int width = scaled(image.width);
    const int height = scaled(image.height);
    // torchvision rounds the offset as Python does: halves to the even number.
    const auto offset = [&](int side) {
        return static_cast<int>(std::nearbyint((side - options.cropSize) / 2.0));
    };
    const Rectangle whole{0, 0, image.width, image.height};
    const Rectangle window{offset(width), offset(height), options.cropSize, options.cropSize};
    return resample(image, whole, width, height, window, options.interpolation);
}

// torchvision.transforms.RandomResizedCrop.get_params.
Rectangle randomCrop(int width, int height, double minimumArea, base::RandomStream& random) {
    const double area = static_cast<double>(width) * height;
    const double logLow = std::log(3.0 / 4.0);
    const double logHigh = std::log(4.0 / 3.0);
    for (int attempt = 0; attempt < 10; ++attempt) {
        const double target = area * random.uniform(minimumArea, 1.0);
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
    if (ratio < 3.0 / 4.0) {
        h = static_cast<int>(std::nearbyint(w / (3.0 / 4.0)));
    } else if (ratio > 4.0 / 3.0) {
        w = static_cast<int>(std::nearbyint(h * (4.0 / 3.0)));
    }
    return {(width - w) / 2, (height - h) / 2, w, h};
}

}  // namespace

std::string_view interpolationName(Interpolation value) {
    return value == Interpolation::Bicubic ? "bicubic" : "bilinear";
}

Result<Interpolation> parseInterpolation(const std::string& name) {
    if (name == "bilinear") return Interpolation::Bilinear;
    if (name == "bicubic") return Interpolation::Bicubic;
    return fail(ErrorCode::InvalidArgument,
                "Unknown interpolation \"" + name + "\": it is bilinear or bicubic.");
}

Result<void> validate(const PreprocessOptions& options) {
    const auto wrong = [](const std::string& message) { return fail(ErrorCode::InvalidArgument, message); };
    if (options.cropSize < 1 || options.cropSize > 4096) {
        return wrong("The crop size is " + std::to_string(options.cropSize) +
                     "; it must be from 1 to 4096 pixels.");
    }
    if (options.resizeSize < options.cropSize || options.resizeSize > 8192) {
        return wrong("The resize size is " + std::to_string(options.resizeSize) +
                     "; it must be from the crop size (" + std::to_string(options.cropSize) +
                     ") to 8192 pixels.");
    }
    for (std::size_t i = 0; i < 3; ++i) {
        if (!std::isfinite(options.mean[i])) return wrong("The mean must be three finite numbers.");
        if (!std::isfinite(options.deviation[i]) || options.deviation[i] <= 0) {
            return wrong("The standard deviation must be three numbers above 0.");
        }
    }
    return {};
}

std::vector<float> preprocess(const base::Image& image, const PreprocessOptions& options) {
    return normalised(resizedCentre(image, options), options, false);
}

std::vector<float> preprocessAugmented(const base::Image& image, const PreprocessOptions& options,
                                       const AugmentOptions& augment, std::uint64_t seed) {
    base::RandomStream random(seed);
    const Rectangle crop = randomCrop(image.width, image.height, augment.minimumArea, random);
    const bool mirrored = augment.horizontalFlip && random.uniform() < 0.5;
    if (!augment.randomResizedCrop) return normalised(resizedCentre(image, options), options, mirrored);
    const Rectangle all{0, 0, options.cropSize, options.cropSize};
    return normalised(resample(image, crop, options.cropSize, options.cropSize, all, options.interpolation),
                      options, mirrored);
}

}  // namespace graft::data
