// SPDX-License-Identifier: GPL-3.0-or-later
// The operations that RandAugment, TrivialAugment and AugMix choose from, as torchvision's autoaugment.py has
// them on Pillow images: bilinear, and black where the picture is not.
#pragma once

#include <vector>

#include "core/base/Image.h"
#include "core/base/Seed.h"

namespace graft::data {

enum class PolicyOp {
    Identity,
    ShearX,
    ShearY,
    TranslateX,  // pixels
    TranslateY,
    Rotate,  // degrees
    Brightness,
    Color,
    Contrast,
    Sharpness,
    Posterize,  // bits
    Solarize,   // threshold
    AutoContrast,
    Equalize,
};

void apply(base::Image& image, PolicyOp op, double magnitude);

// One of a policy's operations: its magnitudes go in equal steps from the first to the last.
struct OpRange {
    PolicyOp op = PolicyOp::Identity;
    float first = 0;
    float last = 0;
    bool isSigned = false;  // the other way, for half of the images
};

// bin: 0 .. bins - 1; bins >= 2. Whole numbers for PolicyOp::Posterize.
double magnitudeOf(const OpRange& range, int bin, int bins);

// side: of the square, pixels. In torchvision's order.
std::vector<OpRange> randAugmentOps(int side);
std::vector<OpRange> trivialAugmentOps();
std::vector<OpRange> augMixOps(int side);

// Draws an operation and, where it has one, its sign; then it is applied. bin(): is asked for operations that
// have a magnitude.
template <class Bin>
void applyOneOf(base::Image& image, const std::vector<OpRange>& ops, int bins, base::RandomStream& random,
                const Bin& bin) {
    const OpRange& range = ops[random.below(ops.size())];
    const bool hasMagnitude = range.first != range.last;
    const double magnitude = hasMagnitude ? magnitudeOf(range, bin(), bins) : 0;
    const bool isNegative = range.isSigned && random.below(2) == 1;
    apply(image, range.op, isNegative ? -magnitude : magnitude);
}

}  // namespace graft::data
