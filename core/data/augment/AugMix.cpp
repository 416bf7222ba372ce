// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "core/base/Distributions.h"
#include "core/data/augment/Augmentation.h"
#include "core/data/augment/PolicyOps.h"

namespace graft::data::augment {

namespace {

constexpr int kBins = 10;
constexpr std::size_t kChains = 3;
constexpr std::uint64_t kLongest = 3;

// Dirichlet's distribution with alpha 1.
std::array<double, kChains> shares(base::RandomStream& random) {
    std::array<double, kChains> result{};
    double sum = 0;
    for (double& share : result)
        sum += share = base::gamma(random, 1);
    for (double& share : result)
        share /= sum;
    return result;
}

void mix(base::Image& image, const Dials& dials, base::RandomStream& random) {
    const auto severity = static_cast<std::uint64_t>(dials.whole("augmix_severity"));
    const auto ops = augMixOps(image.width);
    const double changed = random.uniform();  // Beta(1, 1)
    const auto weights = shares(random);
    std::vector<float> sums(image.pixels.size());
    const auto add = [&](const base::Image& picture, double weight) {
        for (std::size_t i = 0; i < sums.size(); ++i)
            sums[i] += static_cast<float>(weight) * static_cast<float>(picture.pixels[i]);
    };
    add(image, 1 - changed);
    for (const double weight : weights) {
        base::Image chain = image;
        for (auto left = 1 + random.below(kLongest); left > 0; --left)
            applyOneOf(chain, ops, kBins, random, [&] { return static_cast<int>(random.below(severity)); });
        add(chain, changed * weight);
    }
    std::ranges::transform(sums, image.pixels.begin(), [](float sum) {
        return static_cast<std::uint8_t>(std::clamp(sum + 0.5F, 0.0F, 255.0F));
    });
}

}  // namespace

// Hendrycks et al. 2020, torchvision.transforms.AugMix with its defaults, without the consistency loss.
Augmentation augMix() {
    return {
        .name = "augmix",
        .knobs =
            {
                {
                    .name = "augmix",
                    .option = "--augmix",
                    .label = GRAFT_TEXT("AugMix"),
                    .help = GRAFT_TEXT("The image mixed with three copies that are changed by up to three "
                                       "changes each"),
                    .usual = false,
                },
                {
                    .name = "augmix_severity",
                    .option = "--augmix-severity",
                    .label = GRAFT_TEXT("Its severity"),
                    .help = GRAFT_TEXT("How strong each change is at most, up to 10"),
                    .usual = std::int64_t{3},
                    .lowest = 1,
                    .highest = 10,
                    .isDetail = true,
                },
            },
        .bytes = mix,
    };
}

}  // namespace graft::data::augment
