// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <cmath>

#include "core/data/augment/Augmentation.h"
#include "core/data/augment/ByteOps.h"

namespace graft::data::augment {

namespace {

constexpr double kLeastSigma = 0.1;  // torchvision's

void blurSome(base::Image& image, const Dials& dials, base::RandomStream& random) {
    if (random.uniform() >= dials.number("blur_share")) return;
    const double most = dials.number("blur");
    const double sigma = random.uniform(std::min(kLeastSigma, most), most);
    // Beyond three sigma nothing is left to see.
    gaussianBlur(image, sigma, std::max(1, static_cast<int>(std::ceil(3 * sigma))));
}

}  // namespace

// torchvision.transforms.GaussianBlur; SimCLR's share (Chen et al. 2020).
Augmentation blur() {
    return {
        .name = "blur",
        .knobs =
            {
                {
                    .name = "blur",
                    .option = "--blur",
                    .label = GRAFT_TEXT("Blur"),
                    .help = GRAFT_TEXT("Largest standard deviation of a Gaussian blur, pixels of the crop"),
                    .usual = 0.0,
                    .highest = 50,
                },
                {
                    .name = "blur_share",
                    .option = "--blur-share",
                    .label = GRAFT_TEXT("Share blurred"),
                    .help = GRAFT_TEXT("Of the training images"),
                    .usual = 0.5,
                    .isDetail = true,
                },
            },
        .bytes = blurSome,
    };
}

}  // namespace graft::data::augment
