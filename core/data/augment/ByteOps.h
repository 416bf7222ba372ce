// SPDX-License-Identifier: GPL-3.0-or-later
// What torchvision.transforms.functional does with the colours of a Pillow image, in Pillow's arithmetic: the
// same bytes.
#pragma once

#include <cstdint>

#include "core/base/Image.h"

namespace graft::data {

// factor: 1 is the picture as it is, 0 black; a grey of the mean brightness; the grey picture; a smoothed
// one. At least 0.
void adjustBrightness(base::Image& image, double factor);
void adjustContrast(base::Image& image, double factor);
void adjustSaturation(base::Image& image, double factor);
void adjustSharpness(base::Image& image, double factor);
void adjustHue(base::Image& image, double turn);  // -0.5..0.5 of the circle of colours

void makeGrey(base::Image& image);
void posterize(base::Image& image, int bits);         // 0..8 that are kept
void solarize(base::Image& image, double threshold);  // inverts what is not below it
void autoContrast(base::Image& image);                // each colour from 0 to 255
void equalize(base::Image& image);                    // each colour's histogram

// torchvision.transforms.functional.gaussian_blur with a kernel of 2 radius + 1 pixels, mirrored at the
// borders. sigma > 0, in pixels; radius >= 1.
void gaussianBlur(base::Image& image, double sigma, int radius);

}  // namespace graft::data
