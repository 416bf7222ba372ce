// SPDX-License-Identifier: GPL-3.0-or-later
#include <cmath>
#include <numbers>

#include "core/data/augment/Augmentation.h"

namespace graft::data::augment {

// torchvision.transforms.RandomRotation(degrees), Keras' rotation_range.
Augmentation rotation() {
    return {
        .name = "rotation",
        .knobs = {{
            .name = "rotation",
            .option = "--rotation",
            .label = GRAFT_TEXT("Rotation"),
            .help = GRAFT_TEXT(
                "Degrees by which an image is turned at most, either way; 180 where there is no up"),
            .usual = 0.0,
            .highest = 180,
        }},
        .geometry =
            [](const Dials& dials, base::RandomStream& random) {
                const double most = dials.number("rotation");
                const double angle = random.uniform(-most, most) * std::numbers::pi / 180;
                const double c = std::cos(angle);
                const double s = std::sin(angle);
                return Homography::affine(c, s, 0, -s, c, 0);
            },
    };
}

}  // namespace graft::data::augment
