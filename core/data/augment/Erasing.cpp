// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <cmath>
#include <cstddef>

#include "core/data/augment/Augmentation.h"

namespace graft::data::augment {

namespace {

constexpr double kLeastArea = 0.02;  // torchvision's
constexpr double kNarrowest = 0.3;
constexpr double kWidest = 3.3;

struct Patch {
    int left = 0;
    int top = 0;
    int width = 0;
    int height = 0;
};

// torchvision.transforms.RandomErasing.get_params.
Patch patchIn(int side, double mostArea, base::RandomStream& random) {
    for (int attempt = 0; attempt < 10; ++attempt) {
        const double area = side * side * random.uniform(std::min(kLeastArea, mostArea), mostArea);
        const double ratio = std::exp(random.uniform(std::log(kNarrowest), std::log(kWidest)));
        const int height = static_cast<int>(std::nearbyint(std::sqrt(area * ratio)));
        const int width = static_cast<int>(std::nearbyint(std::sqrt(area / ratio)));
        if (height >= side || width >= side) continue;
        const auto top = static_cast<int>(random.below(static_cast<std::uint64_t>(side - height) + 1));
        const auto left = static_cast<int>(random.below(static_cast<std::uint64_t>(side - width) + 1));
        return {left, top, width, height};
    }
    return {};
}

void erase(std::span<float> numbers, int side, const Dials& dials, base::RandomStream& random) {
    if (random.uniform() >= dials.number("erasing")) return;
    const Patch patch = patchIn(side, dials.number("erasing_area"), random);
    for (int channel = 0; channel < 3; ++channel) {
        for (int y = patch.top; y < patch.top + patch.height; ++y) {
            const auto first = static_cast<std::size_t>((channel * side + y) * side + patch.left);
            std::ranges::fill(numbers.subspan(first, static_cast<std::size_t>(patch.width)), 0.0F);
        }
    }
}

}  // namespace

// Zhong et al. 2017, torchvision.transforms.RandomErasing: a rectangle of the mean colour.
Augmentation erasing() {
    return {
        .name = "erasing",
        .knobs =
            {
                {
                    .name = "erasing",
                    .option = "--erasing",
                    .label = GRAFT_TEXT("Share with a hole"),
                    .help = GRAFT_TEXT("Of the training images: random erasing puts the mean colour into a "
                                       "rectangle"),
                    .usual = 0.0,
                },
                {
                    .name = "erasing_area",
                    .option = "--erasing-area",
                    .label = GRAFT_TEXT("Largest hole"),
                    .help = GRAFT_TEXT("Share of the image that is erased at most; 0.02 at least"),
                    .usual = 0.33,
                    .isDetail = true,
                },
            },
        .numbers = erase,
    };
}

}  // namespace graft::data::augment
