// SPDX-License-Identifier: GPL-3.0-or-later
// Which part of a picture becomes the square that the network sees.
#pragma once

#include "core/base/Seed.h"
#include "core/data/Preprocess.h"
#include "core/data/detail/Resample.h"

namespace graft::data {

// `source` is resized to width x height, of which `window` is kept.
struct Cut {
    Rectangle source;
    int width = 0;
    int height = 0;
    Rectangle window;
};

// Resize(resizeSize) -> CenterCrop(cropSize), of which only the crop is computed.
Cut centreCut(int imageWidth, int imageHeight, const PreprocessOptions& options);

// The part that torchvision.transforms.RandomResizedCrop.get_params draws.
Rectangle randomCrop(int imageWidth, int imageHeight, const AugmentOptions& augment,
                     base::RandomStream& random);

}  // namespace graft::data
