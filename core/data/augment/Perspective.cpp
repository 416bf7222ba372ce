// SPDX-License-Identifier: GPL-3.0-or-later
#include <array>

#include "core/data/augment/Augmentation.h"

namespace graft::data::augment {

namespace {

// torchvision.transforms.RandomPerspective.get_params: each corner moves inwards, by at most distortion
// halves of the sides.
Homography drawn(double distortion, base::RandomStream& random) {
    const std::array<Point, 4> corners{Point{-0.5, -0.5}, Point{0.5, -0.5}, Point{0.5, 0.5},
                                       Point{-0.5, 0.5}};
    std::array<Point, 4> moved = corners;
    for (Point& corner : moved) {
        corner.x *= 1 - random.uniform(0, distortion);
        corner.y *= 1 - random.uniform(0, distortion);
    }
    return Homography::ofCorners(moved, corners).value_or(Homography());
}

}  // namespace

Augmentation perspective() {
    return {
        .name = "perspective",
        .knobs =
            {
                {
                    .name = "perspective",
                    .option = "--perspective",
                    .label = GRAFT_TEXT("Perspective"),
                    .help = GRAFT_TEXT("How far a corner moves to the middle at most: 0.5 is half the way"),
                    .usual = 0.0,
                    .highest = 0.9,
                },
                {
                    .name = "perspective_share",
                    .option = "--perspective-share",
                    .label = GRAFT_TEXT("Share in perspective"),
                    .help = GRAFT_TEXT("Of the training images"),
                    .usual = 0.5,
                    .isDetail = true,
                },
            },
        .geometry =
            [](const Dials& dials, base::RandomStream& random) {
                if (random.uniform() >= dials.number("perspective_share")) return Homography();
                return drawn(dials.number("perspective"), random);
            },
    };
}

}  // namespace graft::data::augment
