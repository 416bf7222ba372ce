// SPDX-License-Identifier: GPL-3.0-or-later
// In which order an epoch shows the training images. Pure functions: the same images, seed and epoch give the
// same order.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace graft::training {

struct Drawn {
    std::size_t image = 0;
    std::size_t repeat = 0;  // how often it was drawn in this epoch before
};

// Every image once. epoch: of the run, from 1.
std::vector<Drawn> epochOrder(const std::vector<std::size_t>& images, std::uint64_t seed,
                              std::uint64_t epoch);

// As many draws as there are images, each class equally often; where that does not come out even, classes
// that are drawn by lot have one more. Within a class every image is drawn before one is drawn again, so that
// of two images one is never drawn two times more often. (Sampling with replacement, such as PyTorch's
// WeightedRandomSampler with balanced weights, has the same mean and more noise.) classes: of each image.
std::vector<Drawn> balancedOrder(const std::vector<std::size_t>& images, const std::vector<int>& classes,
                                 std::uint64_t seed, std::uint64_t epoch);

}  // namespace graft::training
