// SPDX-License-Identifier: GPL-3.0-or-later
// Random changes of the training images: what of them is set. What there is, is listed in
// augment/Augmentations.inc; each brings settings of its own.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <variant>

namespace graft::data {

using AugmentValue = std::variant<bool, std::int64_t, double>;

// What lies outside of the picture, where a turned or moved one does not fill the square.
enum class Outside {
    Mirror,  // the picture, mirrored at its border
    Edge,    // the border's pixels, again and again
    Mean,    // the mean colour that is taken off: zero for the network
    Black,
};

// By default the PyTorch tutorial's: a random crop and a flip.
struct AugmentOptions {
    bool randomResizedCrop = true;  // torchvision.transforms.RandomResizedCrop
    double minimumArea = 0.08;      // of a crop, as a share of the picture; 0 < x <= maximumArea
    bool horizontalFlip = true;     // with probability 1/2
    double maximumArea = 1;         // at most 1
    double narrowest = 0.75;        // a crop's sides are from x : 1 to 1 : x; 0 < x <= 1
    Outside outside = Outside::Mirror;
    // Of the listed ones, by the name of a knob; what is not in here is as the knob says, and that is off.
    std::map<std::string, AugmentValue> more = {};

    bool operator==(const AugmentOptions&) const = default;
};

// Whether any image would be changed.
bool changesAnything(const AugmentOptions& options);
// Whether what lies outside of a picture can come into it.
bool showsOutside(const AugmentOptions& options);
// Whether a variant of an image is the same whenever it is drawn again, so that its features may be kept.
bool mayBeKept(const AugmentOptions& options);

}  // namespace graft::data
