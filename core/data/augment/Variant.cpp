// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/augment/Variant.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <string_view>

#include "core/base/Seed.h"
#include "core/data/augment/Augmentation.h"
#include "core/data/augment/Warp.h"

namespace graft::data {

namespace {

// FNV-1a of the name: a stream stays the same whatever else is added to the list.
base::RandomStream streamOf(const Augmentation& augmentation, std::uint64_t seed) {
    std::uint64_t hash = 0xCBF29CE484222325ULL;
    for (const char c : augmentation.name)
        hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001B3ULL;
    return base::RandomStream(base::deriveSeed(seed, hash));
}

// Nothing but flips and quarter turns: a pixel of the result is one of the square before.
bool movesPixelsOnly(const Homography& turn) {
    const auto& m = turn.m;
    const auto isUnit = [](double a, double b) { return std::abs(a) + std::abs(b) == 1 && a * b == 0; };
    return turn.isAffine() && m[2] == 0 && m[5] == 0 && m[8] == 1 && isUnit(m[0], m[1]) &&
           isUnit(m[3], m[4]) && isUnit(m[0], m[3]);
}

base::Image rearranged(base::Image square, const Homography& turn) {
    if (turn == Homography()) return square;
    const int side = square.width;
    const auto unit = [&](std::size_t i) { return static_cast<int>(turn.m[i]); };
    const int xByX = unit(0);
    const int xByY = unit(1);
    const int yByX = unit(3);
    const int yByY = unit(4);
    base::Image result(side, side);
    for (int y = 0; y < side; ++y) {
        std::uint8_t* out = result.row(y);
        for (int x = 0; x < side; ++x, out += 3) {
            // Twice the distance from the middle, which is a whole number.
            const int right = 2 * x + 1 - side;
            const int below = 2 * y + 1 - side;
            const int fromX = (xByX * right + xByY * below + side - 1) / 2;
            const int fromY = (yByX * right + yByY * below + side - 1) / 2;
            std::copy_n(square.row(fromY) + std::ptrdiff_t{3} * fromX, 3, out);
        }
    }
    return result;
}

// How many pixels of the picture lie, at least, between two of the square at a point.
double closest(const Homography& map, const Point& point) {
    const Mapped at = mapped(map, point);
    if (!at.isFinite) return 0;
    // The smaller singular value of the derivative.
    const double sum = at.byX.x * at.byX.x + at.byX.y * at.byX.y + at.byY.x * at.byY.x + at.byY.y * at.byY.y;
    const double area = at.byX.x * at.byY.y - at.byX.y * at.byY.x;
    return std::sqrt(std::max(0.0, (sum - std::sqrt(std::max(0.0, sum * sum - 4 * area * area))) / 2));
}

double closest(const Geometry& geometry) {
    const Cut& cut = geometry.cut;
    if (movesPixelsOnly(geometry.turn)) {
        return std::min(static_cast<double>(cut.source.width) / cut.width,
                        static_cast<double>(cut.source.height) / cut.height);
    }
    const Homography map = wholeMap(geometry);
    const double side = cut.window.width;
    double least = closest(map, {side / 2, side / 2});
    for (const Point& corner : {Point{0, 0}, Point{side, 0}, Point{0, side}, Point{side, side}})
        least = std::min(least, closest(map, corner));
    return least;
}

std::array<std::uint8_t, 3> meanColour(const PreprocessOptions& options) {
    std::array<std::uint8_t, 3> colour{};
    std::ranges::transform(options.mean, colour.begin(), [](float mean) {
        return static_cast<std::uint8_t>(std::clamp(mean * 255.0F + 0.5F, 0.0F, 255.0F));
    });
    return colour;
}

}  // namespace

Geometry plainGeometry(int imageWidth, int imageHeight, const PreprocessOptions& options) {
    return {centreCut(imageWidth, imageHeight, options), {}};
}

Geometry drawGeometry(int imageWidth, int imageHeight, const PreprocessOptions& options,
                      const AugmentOptions& augment, std::uint64_t seed) {
    Geometry geometry = plainGeometry(imageWidth, imageHeight, options);
    // Crop and flip are drawn from one stream: runs of the versions that had nothing else go on with it.
    base::RandomStream random(seed);
    const Rectangle crop = randomCrop(imageWidth, imageHeight, augment, random);
    const bool isMirrored = augment.horizontalFlip && random.uniform() < 0.5;
    if (augment.randomResizedCrop) {
        const int side = options.cropSize;
        geometry.cut = {crop, side, side, {0, 0, side, side}};
    }
    for (const Augmentation& augmentation : augmentations()) {
        if (!augmentation.geometry || !isOn(augmentation, augment)) continue;
        base::RandomStream own = streamOf(augmentation, seed);
        geometry.turn = geometry.turn * augmentation.geometry(Dials(augmentation, augment), own);
    }
    if (isMirrored) geometry.turn = geometry.turn * Homography::scaled(-1, 1);
    return geometry;
}

bool changesGeometry(const AugmentOptions& augment) {
    return augment.randomResizedCrop || augment.horizontalFlip ||
           std::ranges::any_of(augmentations(), [&](const Augmentation& augmentation) {
               return augmentation.geometry && isOn(augmentation, augment);
           });
}

bool changesBytes(const AugmentOptions& augment) {
    return std::ranges::any_of(augmentations(), [&](const Augmentation& augmentation) {
        return augmentation.bytes && isOn(augmentation, augment);
    });
}

int reductionFor(const Geometry& geometry) {
    const double between = closest(geometry);
    int reduction = 1;
    while (reduction < 8 && between >= 2 * reduction)
        reduction *= 2;
    return reduction;
}

Homography wholeMap(const Geometry& geometry) {
    const Cut& cut = geometry.cut;
    const double side = cut.window.width;
    const double acrossScale = static_cast<double>(cut.source.width) / cut.width;
    const double downScale = static_cast<double>(cut.source.height) / cut.height;
    return Homography::moved(cut.source.x, cut.source.y) * Homography::scaled(acrossScale, downScale) *
           Homography::moved(cut.window.x + side / 2, cut.window.y + side / 2) *
           Homography::scaled(side, side) * geometry.turn * Homography::scaled(1 / side, 1 / side) *
           Homography::moved(-side / 2, -side / 2);
}

base::Image squareOf(const base::Image& image, int reduction, const Geometry& geometry,
                     const PreprocessOptions& options, Outside outside) {
    const double scale = 1.0 / reduction;
    if (!movesPixelsOnly(geometry.turn)) {
        return warp(image, Homography::scaled(scale, scale) * wholeMap(geometry), options.cropSize,
                    options.cropSize, options.interpolation, {outside, meanColour(options)});
    }
    const Cut& cut = geometry.cut;
    const Box source{cut.source.x * scale, cut.source.y * scale, cut.source.width * scale,
                     cut.source.height * scale};
    return rearranged(resample(image, source, cut.width, cut.height, cut.window, options.interpolation),
                      geometry.turn);
}

void changeBytes(base::Image& square, const AugmentOptions& augment, std::uint64_t seed) {
    for (const Augmentation& augmentation : augmentations()) {
        if (!augmentation.bytes || !isOn(augmentation, augment)) continue;
        base::RandomStream own = streamOf(augmentation, seed);
        augmentation.bytes(square, Dials(augmentation, augment), own);
    }
}

void changeNumbers(std::span<float> numbers, int side, const AugmentOptions& augment, std::uint64_t seed) {
    for (const Augmentation& augmentation : augmentations()) {
        if (!augmentation.numbers || !isOn(augmentation, augment)) continue;
        base::RandomStream own = streamOf(augmentation, seed);
        augmentation.numbers(numbers, side, Dials(augmentation, augment), own);
    }
}

}  // namespace graft::data
