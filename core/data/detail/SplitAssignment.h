// SPDX-License-Identifier: GPL-3.0-or-later
// Which image is trained on and which checks the answers, and what becomes of copies.
#pragma once

#include <cstdint>
#include <vector>

#include "core/data/detail/Candidate.h"

namespace graft::data {

// Splits what has no split yet, class by class. Copies of one picture stay together, so that validation never
// asks about a training image.
void assignSplits(std::vector<Candidate>& candidates, double validationShare, std::uint64_t seed);

// Names copies of one picture; with leaveOut those in training that are held out elsewhere become a problem.
void reportDuplicates(std::vector<Candidate>& candidates, bool leaveOut, std::vector<Problem>& problems);

}  // namespace graft::data
