// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/augment/Augmentation.h"

namespace graft::data::augment {

// The scale of torchvision.transforms.RandomAffine, from 1 - x to 1 + x; with separate sides Keras'
// zoom_range, whose factors are of the part that is seen.
Augmentation zoom() {
    return {
        .name = "zoom",
        .knobs =
            {
                {
                    .name = "zoom",
                    .option = "--zoom",
                    .label = GRAFT_TEXT("Zoom"),
                    .help = GRAFT_TEXT("Share by which an image is made larger or smaller at most"),
                    .usual = 0.0,
                    .highest = 0.9,
                },
                {
                    .name = "zoom_sides",
                    .option = "--zoom-sides",
                    .label = GRAFT_TEXT("Zoom each side"),
                    .help = GRAFT_TEXT("Width and height by factors of their own, as Keras does"),
                    .usual = false,
                    .isDetail = true,
                },
            },
        .geometry =
            [](const Dials& dials, base::RandomStream& random) {
                const double most = dials.number("zoom");
                const double first = random.uniform(1 - most, 1 + most);
                if (!dials.isSet("zoom_sides")) return Homography::scaled(1 / first, 1 / first);
                return Homography::scaled(first, random.uniform(1 - most, 1 + most));
            },
    };
}

}  // namespace graft::data::augment
