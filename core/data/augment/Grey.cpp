// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/augment/Augmentation.h"
#include "core/data/augment/ByteOps.h"

namespace graft::data::augment {

// torchvision.transforms.RandomGrayscale.
Augmentation grey() {
    return {
        .name = "grey",
        .knobs = {{
            .name = "grey",
            .option = "--grey",
            .label = GRAFT_TEXT("Share in grey"),
            .help = GRAFT_TEXT("Of the training images: without their colours"),
            .usual = 0.0,
        }},
        .bytes =
            [](base::Image& image, const Dials& dials, base::RandomStream& random) {
                if (random.uniform() < dials.number("grey")) makeGrey(image);
            },
    };
}

}  // namespace graft::data::augment
