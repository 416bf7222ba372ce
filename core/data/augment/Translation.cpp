// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/augment/Augmentation.h"

namespace graft::data::augment {

// The translate of torchvision.transforms.RandomAffine, Keras' width_shift_range and height_shift_range.
Augmentation translation() {
    return {
        .name = "translation",
        .knobs = {{
            .name = "translation",
            .option = "--translation",
            .label = GRAFT_TEXT("Translation"),
            .help =
                GRAFT_TEXT("Share of its width and height by which an image is moved at most, either way"),
            .usual = 0.0,
            .highest = 1,
        }},
        .geometry =
            [](const Dials& dials, base::RandomStream& random) {
                const double most = dials.number("translation");
                const double x = random.uniform(-most, most);
                const double y = random.uniform(-most, most);
                return Homography::moved(-x, -y);
            },
    };
}

}  // namespace graft::data::augment
