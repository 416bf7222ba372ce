// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/Preprocess.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>

#include "core/base/detail/Hash.h"
#include "core/base/detail/Quoted.h"
#include "core/data/ImageDecoder.h"
#include "core/data/augment/Variant.h"
#include "core/data/detail/DecodeBudget.h"
#include "core/data/detail/LoadPreprocessed.h"

namespace graft::data {

namespace {

// Beyond these the network's float32 overflows, or every pixel becomes the same number.
constexpr float kLargestMean = 1000;
constexpr float kSmallestDeviation = 1e-6F;
constexpr float kLargestDeviation = 1000;

// C x H x W. target: 3 x image.height x image.width.
void normalise(const base::Image& image, const PreprocessOptions& options, std::span<float> target) {
    auto out = target.begin();
    for (std::size_t channel = 0; channel < 3; ++channel) {
        std::array<float, 256> values;
        for (int byte = 0; byte < 256; ++byte) {
            values[static_cast<std::size_t>(byte)] =
                (static_cast<float>(byte) / 255.0F - options.mean[channel]) / options.deviation[channel];
        }
        for (int y = 0; y < image.height; ++y) {
            const std::uint8_t* row = image.row(y) + channel;
            for (int x = 0; x < image.width; ++x)
                *out++ = values[row[static_cast<std::ptrdiff_t>(x) * 3]];
        }
    }
}

// What is left to do with the square that was cut out.
void finish(const base::Image& square, const PreprocessOptions& options, const AugmentOptions& augment,
            std::uint64_t seed, std::span<float> target) {
    if (changesBytes(augment)) {
        base::Image changed = square;
        changeBytes(changed, augment, seed);
        normalise(changed, options, target);
    } else {
        normalise(square, options, target);
    }
    changeNumbers(target, options.cropSize, augment, seed);
}

AugmentOptions noAugmentation() {
    AugmentOptions none;
    none.randomResizedCrop = false;
    none.horizontalFlip = false;
    return none;
}

}  // namespace

std::string_view interpolationName(Interpolation value) {
    return value == Interpolation::Bicubic ? "bicubic" : "bilinear";
}

Result<Interpolation> parseInterpolation(const std::string& name) {
    if (name == "bilinear") return Interpolation::Bilinear;
    if (name == "bicubic") return Interpolation::Bicubic;
    return fail(ErrorCode::InvalidArgument,
                {GRAFT_TEXT("Unknown interpolation {1}: it is bilinear or bicubic."), base::inQuotes(name)});
}

Result<void> validate(const PreprocessOptions& options) {
    const auto wrong = [](const Message& message) { return fail(ErrorCode::InvalidArgument, message); };
    if (options.cropSize < 1 || options.cropSize > 4096) {
        return wrong(
            {GRAFT_TEXT("The crop size is {1}; it must be from 1 to 4096 pixels."), options.cropSize});
    }
    if (options.resizeSize < options.cropSize || options.resizeSize > 8192) {
        return wrong(
            {GRAFT_TEXT("The resize size is {1}; it must be from the crop size ({2}) to 8192 pixels."),
             options.resizeSize, options.cropSize});
    }
    for (std::size_t i = 0; i < 3; ++i) {
        // Not a number is in no range.
        if (!(std::abs(options.mean[i]) <= kLargestMean))
            return wrong(GRAFT_TEXT("The mean must be three numbers from -1000 to 1000."));
        if (!(options.deviation[i] >= kSmallestDeviation && options.deviation[i] <= kLargestDeviation))
            return wrong(GRAFT_TEXT("The standard deviation must be three numbers from 0.000001 to 1000."));
    }
    return {};
}

std::vector<float> preprocess(const base::Image& image, const PreprocessOptions& options) {
    return preprocessAugmented(image, options, noAugmentation(), 0);
}

std::vector<float> preprocessAugmented(const base::Image& image, const PreprocessOptions& options,
                                       const AugmentOptions& augment, std::uint64_t seed) {
    const auto side = static_cast<std::size_t>(options.cropSize);
    std::vector<float> values(3 * side * side);
    const Geometry geometry = drawGeometry(image.width, image.height, options, augment, seed);
    finish(squareOf(image, 1, geometry, options, augment.outside), options, augment, seed, values);
    return values;
}

Result<void> loadPreprocessed(const std::string& path, const PreprocessOptions& options,
                              const std::optional<AugmentOptions>& augment, std::uint64_t seed,
                              std::span<float> target) {
    return loadPreprocessed(path, options, augment, seed, target, nullptr);
}

Result<void> loadPreprocessed(const std::string& path, const PreprocessOptions& options,
                              const std::optional<AugmentOptions>& wanted, std::uint64_t seed,
                              std::span<float> target, ImageMemory* memory, std::string* sha256) {
    using Kind = ImageMemory::Kind;
    const AugmentOptions augment = wanted.value_or(noAugmentation());
    const bool isCentre = !changesGeometry(augment);
    const auto geometryOf = [&](int width, int height) {
        return isCentre ? plainGeometry(width, height, options)
                        : drawGeometry(width, height, options, augment, seed);
    };
    if (const auto crop = memory != nullptr && isCentre ? memory->find(Kind::CentreCrop, path) : nullptr) {
        finish(*crop, options, augment, seed, target);
        return {};
    }
    if (const auto whole = memory != nullptr ? memory->find(Kind::Decoded, path) : nullptr) {
        const Geometry geometry = geometryOf(whole->width, whole->height);
        // A crop that would be decoded small is, so that the numbers do not depend on what is in memory.
        if (reductionFor(geometry) == 1) {
            finish(squareOf(*whole, 1, geometry, options, augment.outside), options, augment, seed, target);
            return {};
        }
    }
    const auto bytes = readFileBytes(path);
    if (!bytes) return fail(bytes.error());
    if (sha256 != nullptr) *sha256 = base::sha256Hex(*bytes);
    const DecodeScope scope;  // until the picture is cropped
    auto decoded = decodeReduced(
        *bytes, path, [&](int width, int height) { return reductionFor(geometryOf(width, height)); });
    if (!decoded) return fail(decoded.error());
    const Geometry geometry = geometryOf(decoded->fullWidth, decoded->fullHeight);
    base::Image square = squareOf(decoded->image, decoded->reduction, geometry, options, augment.outside);
    finish(square, options, augment, seed, target);
    if (memory == nullptr) return {};
    if (isCentre) {
        memory->keep(Kind::CentreCrop, path, std::make_shared<const base::Image>(std::move(square)));
    } else if (decoded->reduction == 1) {
        memory->keep(Kind::Decoded, path, std::make_shared<const base::Image>(std::move(decoded->image)));
    }
    return {};
}

}  // namespace graft::data
