// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/augment/Augmentation.h"

namespace graft::data::augment {

// torchvision.transforms.RandomVerticalFlip.
Augmentation verticalFlip() {
    return {
        .name = "vertical_flip",
        .knobs = {{
            .name = "vertical_flip",
            .option = "--vertical-flip",
            .label = GRAFT_TEXT("Vertical flip"),
            .help = GRAFT_TEXT("Turn every second training image upside down; where there is no up"),
            .usual = false,
        }},
        .geometry =
            [](const Dials&, base::RandomStream& random) {
                return Homography::scaled(1, random.uniform() < 0.5 ? -1 : 1);
            },
        .movesPixelsOnly = true,
    };
}

}  // namespace graft::data::augment
