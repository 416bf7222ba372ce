// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/augment/Augmentation.h"
#include "core/data/augment/PolicyOps.h"

namespace graft::data::augment {

namespace {

constexpr int kBins = 31;

void change(base::Image& image, const Dials&, base::RandomStream& random) {
    applyOneOf(image, trivialAugmentOps(), kBins, random,
               [&] { return static_cast<int>(random.below(kBins)); });
}

}  // namespace

// Mueller and Hutter 2021, torchvision.transforms.TrivialAugmentWide.
Augmentation trivialAugment() {
    return {
        .name = "trivialaugment",
        .knobs = {{
            .name = "trivialaugment",
            .option = "--trivialaugment",
            .label = GRAFT_TEXT("TrivialAugment"),
            .help = GRAFT_TEXT("One change of colour or place out of 14, of a random strength"),
            .usual = false,
        }},
        .bytes = change,
    };
}

}  // namespace graft::data::augment
