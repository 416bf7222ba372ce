// SPDX-License-Identifier: GPL-3.0-or-later
// From a decoded picture to the numbers a network reads. It belongs to the weights: other sizes or
// another mean give other answers. Gives torchvision's values: Resize(shorter side, antialiased) ->
// CenterCrop -> ToTensor -> Normalize.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/Image.h"
#include "core/base/Result.h"
#include "core/data/AugmentOptions.h"

namespace graft::data {

enum class Interpolation { Bilinear, Bicubic };
std::string_view interpolationName(Interpolation value);  // "bilinear", "bicubic"
Result<Interpolation> parseInterpolation(const std::string& name);

struct PreprocessOptions {
    int resizeSize = 256;  // shorter side after resizing, pixels
    int cropSize = 224;    // side of the square that the network sees, pixels; at most resizeSize
    Interpolation interpolation = Interpolation::Bilinear;
    std::array<float, 3> mean{0.485F, 0.456F, 0.406F};       // R, G, B in 0..1; -1000 to 1000 is allowed
    std::array<float, 3> deviation{0.229F, 0.224F, 0.225F};  // 1e-6 to 1000

    bool operator==(const PreprocessOptions&) const = default;
};

// Errors: InvalidArgument with the sentence that says which value is wrong.
Result<void> validate(const PreprocessOptions& options);

// 3 x cropSize x cropSize, float32, normalised; channel after channel (C x H x W).
std::vector<float> preprocess(const base::Image& image, const PreprocessOptions& options);

// The same shape, randomly changed; the same seed gives the same numbers. With all augmentations off it is
// preprocess().
std::vector<float> preprocessAugmented(const base::Image& image, const PreprocessOptions& options,
                                       const AugmentOptions& augment, std::uint64_t seed);

// The same for a file, into target (3 x cropSize x cropSize numbers); without augment as preprocess(). A JPEG
// that is at least twice as large as it needs to be is decoded at half, a quarter or an eighth of its size,
// which changes the numbers as little as another JPEG decoder does. Errors: as decodeImage.
Result<void> loadPreprocessed(const std::string& path, const PreprocessOptions& options,
                              const std::optional<AugmentOptions>& augment, std::uint64_t seed,
                              std::span<float> target);

}  // namespace graft::data
