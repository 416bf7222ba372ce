// SPDX-License-Identifier: GPL-3.0-or-later
// What training images look like to the network, for a person to see.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/base/Image.h"
#include "core/base/Result.h"
#include "core/data/Preprocess.h"

namespace graft::data {

// count random variants, each cropSize x cropSize, drawn from the seed; the first are the same whatever count
// is. Several threads may ask at once.
std::vector<base::Image> augmentedVariants(const base::Image& image, const PreprocessOptions& preprocess,
                                           const AugmentOptions& augment, std::uint64_t seed, int count);
// The same of a file, which is decoded no larger than it needs to be, as in training. Errors: as decodeImage.
Result<std::vector<base::Image>> augmentedVariants(const std::string& path,
                                                   const PreprocessOptions& preprocess,
                                                   const AugmentOptions& augment, std::uint64_t seed,
                                                   int count);

// The file as the network sees it where nothing is changed at random, cropSize x cropSize. Errors: as
// decodeImage.
Result<base::Image> pictureAsFed(const std::string& path, const PreprocessOptions& preprocess);

}  // namespace graft::data
