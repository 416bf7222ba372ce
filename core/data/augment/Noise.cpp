// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

#include "core/base/Distributions.h"
#include "core/data/augment/Augmentation.h"

namespace graft::data::augment {

namespace {

void addNoise(base::Image& image, const Dials& dials, base::RandomStream& random) {
    const double deviation = 255 * dials.number("noise");
    std::array<double, 2> normals{};
    std::size_t used = normals.size();
    for (std::uint8_t& byte : image.pixels) {
        if (used == normals.size()) {
            normals = base::twoNormals(random);
            used = 0;
        }
        const double value = byte + deviation * normals[used++];
        byte = static_cast<std::uint8_t>(std::clamp(value + 0.5, 0.0, 255.0));
    }
}

}  // namespace

// torchvision.transforms.v2.GaussianNoise.
Augmentation noise() {
    return {
        .name = "noise",
        .knobs = {{
            .name = "noise",
            .option = "--noise",
            .label = GRAFT_TEXT("Noise"),
            .help = GRAFT_TEXT("Standard deviation of Gaussian noise, 1 being from black to white"),
            .usual = 0.0,
        }},
        .bytes = addNoise,
    };
}

}  // namespace graft::data::augment
