// SPDX-License-Identifier: GPL-3.0-or-later
// One random variant of an image: everything is drawn from one seed.
#pragma once

#include <cstdint>
#include <span>

#include "core/base/Image.h"
#include "core/data/Preprocess.h"
#include "core/data/augment/Homography.h"
#include "core/data/detail/Cut.h"

namespace graft::data {

// Where the square that the network sees comes from: a crop, within which it is turned (see
// Augmentation::geometry for the coordinates of `turn`).
struct Geometry {
    Cut cut;
    Homography turn;
};

Geometry plainGeometry(int imageWidth, int imageHeight, const PreprocessOptions& options);
Geometry drawGeometry(int imageWidth, int imageHeight, const PreprocessOptions& options,
                      const AugmentOptions& augment, std::uint64_t seed);

// Whether a drawn geometry can be another than the plain one.
bool changesGeometry(const AugmentOptions& augment);
bool changesBytes(const AugmentOptions& augment);

// The largest reduction of the picture (1, 2, 4 or 8) that leaves a pixel or more for each one of the square.
int reductionFor(const Geometry& geometry);

// From a point of the square, in pixels, to one of the picture.
Homography wholeMap(const Geometry& geometry);

// image: the picture at 1/reduction of the size that the geometry is meant for.
base::Image squareOf(const base::Image& image, int reduction, const Geometry& geometry,
                     const PreprocessOptions& options, Outside outside);

// What is drawn for the bytes of the square, and for its normalised numbers (3 x side x side).
void changeBytes(base::Image& square, const AugmentOptions& augment, std::uint64_t seed);
void changeNumbers(std::span<float> numbers, int side, const AugmentOptions& augment, std::uint64_t seed);

}  // namespace graft::data
