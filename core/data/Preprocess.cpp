// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/Preprocess.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>

#include "core/base/Seed.h"
#include "core/base/detail/Hash.h"
#include "core/base/detail/Quoted.h"
#include "core/data/ImageDecoder.h"
#include "core/data/detail/DecodeBudget.h"
#include "core/data/detail/LoadPreprocessed.h"
#include "core/data/detail/Resample.h"

namespace graft::data {

namespace {

// What becomes of a picture: `source` is resized to width x height, of which `window` is kept.
struct Cut {
    Rectangle source;
    int width = 0;
    int height = 0;
    Rectangle window;
    bool mirrored = false;
};

// C x H x W. target: 3 x image.height x image.width.
void normalise(const base::Image& image, const PreprocessOptions& options, bool mirrored,
               std::span<float> target) {
    auto out = target.begin();
    for (std::size_t channel = 0; channel < 3; ++channel) {
        std::array<float, 256> values;
        for (int byte = 0; byte < 256; ++byte) {
            values[static_cast<std::size_t>(byte)] =
                (static_cast<float>(byte) / 255.0F - options.mean[channel]) / options.deviation[channel];
        }
        for (int y = 0; y < image.height; ++y) {
            const std::uint8_t* row = image.row(y) + channel;
            for (int x = 0; x < image.width; ++x) {
                const int from = mirrored ? image.width - 1 - x : x;
                *out++ = values[row[static_cast<std::ptrdiff_t>(from) * 3]];
            }
        }
    }
}

// image: the picture at 1/reduction of the size that the cut is meant for.
base::Image resized(const base::Image& image, int reduction, const Cut& cut, Interpolation interpolation) {
    const double scale = 1.0 / reduction;
    const Box source{cut.source.x * scale, cut.source.y * scale, cut.source.width * scale,
                     cut.source.height * scale};
    return resample(image, source, cut.width, cut.height, cut.window, interpolation);
}

std::vector<float> render(const base::Image& image, const Cut& cut, const PreprocessOptions& options) {
    const auto side = static_cast<std::size_t>(options.cropSize);
    std::vector<float> values(3 * side * side);
    normalise(resized(image, 1, cut, options.interpolation), options, cut.mirrored, values);
    return values;
}

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

Cut randomCut(int imageWidth, int imageHeight, const PreprocessOptions& options,
              const AugmentOptions& augment, std::uint64_t seed) {
    base::RandomStream random(seed);
    const Rectangle crop = randomCrop(imageWidth, imageHeight, augment.minimumArea, random);
    const bool mirrored = augment.horizontalFlip && random.uniform() < 0.5;
    const Rectangle all{0, 0, options.cropSize, options.cropSize};
    Cut cut = augment.randomResizedCrop ? Cut{crop, options.cropSize, options.cropSize, all}
                                        : centreCut(imageWidth, imageHeight, options);
    cut.mirrored = mirrored;
    return cut;
}

// The largest reduction that leaves a pixel or more for each pixel of the result.
int reductionFor(const Cut& cut) {
    int reduction = 1;
    while (reduction < 8 && cut.source.width >= 2 * reduction * cut.width &&
           cut.source.height >= 2 * reduction * cut.height) {
        reduction *= 2;
    }
    return reduction;
}

}  // namespace

std::string_view interpolationName(Interpolation value) {
    return value == Interpolation::Bicubic ? "bicubic" : "bilinear";
}

Result<Interpolation> parseInterpolation(const std::string& name) {
    if (name == "bilinear") return Interpolation::Bilinear;
    if (name == "bicubic") return Interpolation::Bicubic;
    return fail(ErrorCode::InvalidArgument,
                "Unknown interpolation " + base::inQuotes(name) + ": it is bilinear or bicubic.");
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
    return render(image, centreCut(image.width, image.height, options), options);
}

std::vector<float> preprocessAugmented(const base::Image& image, const PreprocessOptions& options,
                                       const AugmentOptions& augment, std::uint64_t seed) {
    return render(image, randomCut(image.width, image.height, options, augment, seed), options);
}

Result<void> loadPreprocessed(const std::string& path, const PreprocessOptions& options,
                              const std::optional<AugmentOptions>& augment, std::uint64_t seed,
                              std::span<float> target) {
    return loadPreprocessed(path, options, augment, seed, target, nullptr);
}

Result<void> loadPreprocessed(const std::string& path, const PreprocessOptions& options,
                              const std::optional<AugmentOptions>& augment, std::uint64_t seed,
                              std::span<float> target, ImageMemory* memory, std::string* sha256) {
    using Kind = ImageMemory::Kind;
    const bool isCentre = !augment || (!augment->randomResizedCrop && !augment->horizontalFlip);
    const auto cutOf = [&](int width, int height) {
        return augment ? randomCut(width, height, options, *augment, seed)
                       : centreCut(width, height, options);
    };
    if (const auto crop = memory != nullptr && isCentre ? memory->find(Kind::CentreCrop, path) : nullptr) {
        normalise(*crop, options, false, target);
        return {};
    }
    if (const auto whole = memory != nullptr ? memory->find(Kind::Decoded, path) : nullptr) {
        const Cut cut = cutOf(whole->width, whole->height);
        // A crop that would be decoded small is, so that the numbers do not depend on what is in memory.
        if (reductionFor(cut) == 1) {
            normalise(resized(*whole, 1, cut, options.interpolation), options, cut.mirrored, target);
            return {};
        }
    }
    const auto bytes = readFileBytes(path);
    if (!bytes) return fail(bytes.error());
    if (sha256 != nullptr) *sha256 = base::sha256Hex(*bytes);
    const DecodeScope scope;  // until the picture is cropped
    auto decoded = decodeReduced(*bytes, path,
                                 [&](int width, int height) { return reductionFor(cutOf(width, height)); });
    if (!decoded) return fail(decoded.error());
    const Cut cut = cutOf(decoded->fullWidth, decoded->fullHeight);
    base::Image crop = resized(decoded->image, decoded->reduction, cut, options.interpolation);
    normalise(crop, options, cut.mirrored, target);
    if (memory == nullptr) return {};
    if (isCentre) {
        memory->keep(Kind::CentreCrop, path, std::make_shared<const base::Image>(std::move(crop)));
    } else if (decoded->reduction == 1) {
        memory->keep(Kind::Decoded, path, std::make_shared<const base::Image>(std::move(decoded->image)));
    }
    return {};
}

}  // namespace graft::data
