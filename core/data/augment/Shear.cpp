// SPDX-License-Identifier: GPL-3.0-or-later
#include <cmath>
#include <numbers>

#include "core/data/augment/Augmentation.h"

namespace graft::data::augment {

// The shear of torchvision.transforms.RandomAffine, along the rows; Keras' shear_range, in degrees as well.
Augmentation shear() {
    return {
        .name = "shear",
        .knobs = {{
            .name = "shear",
            .option = "--shear",
            .label = GRAFT_TEXT("Shear"),
            .help = GRAFT_TEXT("Degrees by which upright lines are tilted at most, either way"),
            .usual = 0.0,
            .highest = 80,
        }},
        .geometry =
            [](const Dials& dials, base::RandomStream& random) {
                const double most = dials.number("shear");
                const double angle = random.uniform(-most, most) * std::numbers::pi / 180;
                return Homography::affine(1, std::tan(angle), 0, 0, 1, 0);
            },
    };
}

}  // namespace graft::data::augment
