// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/augment/PolicyOps.h"

#include <cmath>
#include <numbers>

#include "core/data/augment/ByteOps.h"
#include "core/data/augment/Warp.h"

namespace graft::data {

namespace {

void move(base::Image& image, const Homography& map) {
    image = warp(image, map, image.width, image.height, Interpolation::Bilinear, {}, false);
}

Homography turned(const base::Image& image, double degrees) {
    const double angle = degrees * std::numbers::pi / 180;
    const double c = std::cos(angle);
    const double s = std::sin(angle);
    const double x = image.width / 2.0;
    const double y = image.height / 2.0;
    return Homography::moved(x, y) * Homography::affine(c, -s, 0, s, c, 0) * Homography::moved(-x, -y);
}

// strength: of brightness, colour, contrast and sharpness, up to which they are raised and lowered.
std::vector<OpRange> wholeSpace(float shear, float translation, float rotation, float strength,
                                float fewestBits) {
    return {
        {PolicyOp::Identity},
        {PolicyOp::ShearX, 0, shear, true},
        {PolicyOp::ShearY, 0, shear, true},
        {PolicyOp::TranslateX, 0, translation, true},
        {PolicyOp::TranslateY, 0, translation, true},
        {PolicyOp::Rotate, 0, rotation, true},
        {PolicyOp::Brightness, 0, strength, true},
        {PolicyOp::Color, 0, strength, true},
        {PolicyOp::Contrast, 0, strength, true},
        {PolicyOp::Sharpness, 0, strength, true},
        {PolicyOp::Posterize, 8, fewestBits},
        {PolicyOp::Solarize, 255, 0},
        {PolicyOp::AutoContrast},
        {PolicyOp::Equalize},
    };
}

}  // namespace

void apply(base::Image& image, PolicyOp op, double magnitude) {
    switch (op) {
        case PolicyOp::Identity:
            return;
        case PolicyOp::ShearX:
            return move(image, Homography::affine(1, magnitude, 0, 0, 1, 0));
        case PolicyOp::ShearY:
            return move(image, Homography::affine(1, 0, 0, magnitude, 1, 0));
        case PolicyOp::TranslateX:
            return move(image, Homography::moved(-std::trunc(magnitude), 0));
        case PolicyOp::TranslateY:
            return move(image, Homography::moved(0, -std::trunc(magnitude)));
        case PolicyOp::Rotate:
            return move(image, turned(image, magnitude));
        case PolicyOp::Brightness:
            return adjustBrightness(image, 1 + magnitude);
        case PolicyOp::Color:
            return adjustSaturation(image, 1 + magnitude);
        case PolicyOp::Contrast:
            return adjustContrast(image, 1 + magnitude);
        case PolicyOp::Sharpness:
            return adjustSharpness(image, 1 + magnitude);
        case PolicyOp::Posterize:
            return posterize(image, static_cast<int>(magnitude));
        case PolicyOp::Solarize:
            return solarize(image, magnitude);
        case PolicyOp::AutoContrast:
            return autoContrast(image);
        case PolicyOp::Equalize:
            return equalize(image);
    }
}

double magnitudeOf(const OpRange& range, int bin, int bins) {
    const auto last = static_cast<float>(bins - 1);
    if (range.op == PolicyOp::Posterize)
        return range.first - std::nearbyint(static_cast<float>(bin) / (last / (range.first - range.last)));
    // As torch.linspace has it, from both ends.
    const float step = (range.last - range.first) / last;
    return 2 * bin < bins ? range.first + step * static_cast<float>(bin)
                          : range.last - step * (last - static_cast<float>(bin));
}

std::vector<OpRange> randAugmentOps(int side) {
    return wholeSpace(0.3F, 150.0F / 331.0F * static_cast<float>(side), 30, 0.9F, 4);
}

std::vector<OpRange> trivialAugmentOps() {
    return wholeSpace(0.99F, 32, 135, 0.99F, 2);
}

std::vector<OpRange> augMixOps(int side) {
    const float third = static_cast<float>(side) / 3;
    return {
        {PolicyOp::ShearX, 0, 0.3F, true},
        {PolicyOp::ShearY, 0, 0.3F, true},
        {PolicyOp::TranslateX, 0, third, true},
        {PolicyOp::TranslateY, 0, third, true},
        {PolicyOp::Rotate, 0, 30, true},
        {PolicyOp::Posterize, 4, 0},
        {PolicyOp::Solarize, 255, 0},
        {PolicyOp::AutoContrast},
        {PolicyOp::Equalize},
        {PolicyOp::Brightness, 0, 0.9F, true},
        {PolicyOp::Color, 0, 0.9F, true},
        {PolicyOp::Contrast, 0, 0.9F, true},
        {PolicyOp::Sharpness, 0, 0.9F, true},
    };
}

}  // namespace graft::data
