// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <array>
#include <cstddef>
#include <string>
#include <utility>

#include "core/data/augment/Augmentation.h"
#include "core/data/augment/ByteOps.h"

namespace graft::data::augment {

namespace {

struct Change {
    const char* knob;
    void (*apply)(base::Image& image, double factor);
    double middle;  // what changes nothing
};
constexpr std::array<Change, 4> kChanges{{
    {"brightness", adjustBrightness, 1},
    {"contrast", adjustContrast, 1},
    {"saturation", adjustSaturation, 1},
    {"hue", adjustHue, 0},
}};

void jitter(base::Image& image, const Dials& dials, base::RandomStream& random) {
    std::array<std::size_t, kChanges.size()> order{0, 1, 2, 3};
    for (std::size_t i = order.size(); i > 1; --i)
        std::swap(order[i - 1], order[random.below(i)]);
    std::array<double, kChanges.size()> factors{};
    for (std::size_t i = 0; i < kChanges.size(); ++i) {
        const Change& change = kChanges[i];
        const double most = dials.number(change.knob);
        const double least = change.middle - most;
        factors[i] = random.uniform(change.middle > 0 ? std::max(0.0, least) : least, change.middle + most);
    }
    for (const std::size_t i : order) {
        if (dials.number(kChanges[i].knob) > 0) kChanges[i].apply(image, factors[i]);
    }
}

}  // namespace

// torchvision.transforms.ColorJitter: the four in a random order.
Augmentation colourJitter() {
    return {
        .name = "colour_jitter",
        .knobs =
            {
                {
                    .name = "brightness",
                    .option = "--brightness",
                    .label = GRAFT_TEXT("Brightness"),
                    .help = GRAFT_TEXT("Share by which an image is made brighter or darker at most"),
                    .usual = 0.0,
                },
                {
                    .name = "contrast",
                    .option = "--contrast",
                    .label = GRAFT_TEXT("Contrast"),
                    .help = GRAFT_TEXT("Share by which its contrast is raised or lowered at most"),
                    .usual = 0.0,
                },
                {
                    .name = "saturation",
                    .option = "--saturation",
                    .label = GRAFT_TEXT("Saturation"),
                    .help = GRAFT_TEXT("Share by which its colours are made stronger or weaker at most"),
                    .usual = 0.0,
                },
                {
                    .name = "hue",
                    .option = "--hue",
                    .label = GRAFT_TEXT("Hue"),
                    .help = GRAFT_TEXT("Share of the circle of colours by which they are turned at most"),
                    .usual = 0.0,
                    .highest = 0.5,
                },
            },
        .bytes = jitter,
    };
}

}  // namespace graft::data::augment
