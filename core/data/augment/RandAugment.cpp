// SPDX-License-Identifier: GPL-3.0-or-later
#include <cstdint>

#include "core/data/augment/Augmentation.h"
#include "core/data/augment/PolicyOps.h"

namespace graft::data::augment {

namespace {

constexpr int kBins = 31;  // magnitudes 0 .. 30

void change(base::Image& image, const Dials& dials, base::RandomStream& random) {
    const auto magnitude = static_cast<int>(dials.whole("randaugment_magnitude"));
    const auto ops = randAugmentOps(image.width);
    for (auto left = dials.whole("randaugment"); left > 0; --left)
        applyOneOf(image, ops, kBins, random, [&] { return magnitude; });
}

}  // namespace

// Cubuk et al. 2020, torchvision.transforms.RandAugment.
Augmentation randAugment() {
    return {
        .name = "randaugment",
        .knobs =
            {
                {
                    .name = "randaugment",
                    .option = "--randaugment",
                    .label = GRAFT_TEXT("RandAugment"),
                    .help = GRAFT_TEXT(
                        "So many changes of colour or place out of 14, drawn anew for every image; "
                        "usually 2"),
                    .usual = std::int64_t{0},
                    .highest = 14,
                },
                {
                    .name = "randaugment_magnitude",
                    .option = "--randaugment-magnitude",
                    .label = GRAFT_TEXT("Its magnitude"),
                    .help = GRAFT_TEXT("How strong each is, up to 30"),
                    .usual = std::int64_t{9},
                    .highest = 30,
                    .isDetail = true,
                },
            },
        .bytes = change,
    };
}

}  // namespace graft::data::augment
