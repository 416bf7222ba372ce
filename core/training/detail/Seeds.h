// SPDX-License-Identifier: GPL-3.0-or-later
// What a run's random numbers are for; each purpose has a stream of its own (see base/Seed.h). The numbers
// stay: old runs go on with them.
#pragma once

#include <cstdint>

namespace graft::training {

enum SeedPurpose : std::uint64_t {
    kInitialWeights = 1,
    kShuffle = 2,
    kAugment = 3,
    kDropout = 4,
    kFolds = 5,
    kMix = 6,
};

}  // namespace graft::training
