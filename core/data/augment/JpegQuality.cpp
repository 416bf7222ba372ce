// SPDX-License-Identifier: GPL-3.0-or-later
#include <utility>

#include "core/data/augment/Augmentation.h"
#include "core/data/detail/JpegDecoder.h"
#include "core/data/detail/JpegEncoder.h"

namespace graft::data::augment {

namespace {

void compress(base::Image& image, const Dials& dials, base::RandomStream& random) {
    const auto lowest = static_cast<int>(dials.whole("jpeg_quality"));
    const int quality = lowest + static_cast<int>(random.below(static_cast<std::uint64_t>(101 - lowest)));
    auto decoded = decodeJpeg(encodeJpeg(image, quality), "");
    if (decoded) image = std::move(*decoded);
}

}  // namespace

// torchvision.transforms.v2.JPEG: written and read again.
Augmentation jpegQuality() {
    return {
        .name = "jpeg_quality",
        .knobs = {{
            .name = "jpeg_quality",
            .option = "--jpeg-quality",
            .label = GRAFT_TEXT("JPEG quality"),
            .help = GRAFT_TEXT("The lowest at which an image is compressed, 1 to 100; 0: not at all"),
            .usual = std::int64_t{0},
            .highest = 100,
        }},
        .bytes = compress,
    };
}

}  // namespace graft::data::augment
