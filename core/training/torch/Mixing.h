// SPDX-License-Identifier: GPL-3.0-or-later
// Images of a batch mixed in pairs, and their labels with them: mixup (Zhang et al. 2018) and CutMix (Yun et
// al. 2019). Pairs and shares change from epoch to epoch, so that features of mixed images cannot be kept:
// what is mixed is what the network sees first, and a run that mixes does without the feature cache.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>

#include "core/training/torch/Loss.h"

namespace graft::training {

struct MixOptions {
    // Of Beta(alpha, alpha), which a batch's share is drawn from; 0: not done, 1: evenly, less: mostly one
    // image.
    double mixupAlpha = 0;
    double cutmixAlpha = 0;

    bool isOn() const { return mixupAlpha > 0 || cutmixAlpha > 0; }
};

struct MixedBatch {
    at::Tensor images;  // as those given
    Target target;      // the share is one for the batch
};

// Each image with another one of the batch, by a random permutation; both labels count by their share.
// images: N x C x H x W on any device; labels: N, int64. The same seed gives the same.
MixedBatch mixup(const at::Tensor& images, const at::Tensor& labels, double alpha, std::uint64_t seed);

// A random rectangle of each image, at the same place, is that of its partner; the share is that of the
// pixels.
MixedBatch cutmix(const at::Tensor& images, const at::Tensor& labels, double alpha, std::uint64_t seed);

// What the options say: where both are on, each for half of the batches; where none is, the batch as it is.
MixedBatch mixed(const at::Tensor& images, const at::Tensor& labels, const MixOptions& options,
                 std::uint64_t seed);

}  // namespace graft::training
