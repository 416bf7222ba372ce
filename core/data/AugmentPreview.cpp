// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/AugmentPreview.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>

#include "core/base/Seed.h"
#include "core/data/detail/LoadPreprocessed.h"

namespace graft::data {

namespace {

// The way back from normalised numbers.
base::Image pictureOf(std::span<const float> numbers, const PreprocessOptions& options) {
    base::Image picture(options.cropSize, options.cropSize);
    const std::size_t pixels = numbers.size() / 3;
    for (std::size_t i = 0; i < numbers.size(); ++i) {
        const std::size_t channel = i / pixels;
        const float value = (numbers[i] * options.deviation[channel] + options.mean[channel]) * 255.0F;
        picture.pixels[i % pixels * 3 + channel] =
            static_cast<std::uint8_t>(std::clamp(std::round(value), 0.0F, 255.0F));
    }
    return picture;
}

std::uint64_t seedOf(std::uint64_t seed, int variant) {
    return base::deriveSeed(seed, static_cast<std::uint64_t>(variant));
}

}  // namespace

std::vector<base::Image> augmentedVariants(const base::Image& image, const PreprocessOptions& preprocess,
                                           const AugmentOptions& augment, std::uint64_t seed, int count) {
    std::vector<base::Image> variants;
    for (int i = 0; i < count; ++i)
        variants.push_back(
            pictureOf(preprocessAugmented(image, preprocess, augment, seedOf(seed, i)), preprocess));
    return variants;
}

Result<std::vector<base::Image>> augmentedVariants(const std::string& path,
                                                   const PreprocessOptions& preprocess,
                                                   const AugmentOptions& augment, std::uint64_t seed,
                                                   int count) {
    std::vector<base::Image> variants;
    ImageMemory decoded(std::size_t{256} << 20);  // for the next one
    std::vector<float> numbers(3 * static_cast<std::size_t>(preprocess.cropSize) *
                               static_cast<std::size_t>(preprocess.cropSize));
    for (int i = 0; i < count; ++i) {
        const auto loaded = loadPreprocessed(path, preprocess, augment, seedOf(seed, i), numbers, &decoded);
        if (!loaded) return fail(loaded.error());
        variants.push_back(pictureOf(numbers, preprocess));
    }
    return variants;
}

Result<base::Image> pictureAsFed(const std::string& path, const PreprocessOptions& preprocess) {
    std::vector<float> numbers(3 * static_cast<std::size_t>(preprocess.cropSize) *
                               static_cast<std::size_t>(preprocess.cropSize));
    const auto loaded = loadPreprocessed(path, preprocess, std::nullopt, 0, numbers);
    if (!loaded) return fail(loaded.error());
    return pictureOf(numbers, preprocess);
}

}  // namespace graft::data
