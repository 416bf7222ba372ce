// SPDX-License-Identifier: GPL-3.0-or-later
// Which classes can be used, and what is odd about them and about the values of their pictures.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "core/data/detail/Candidate.h"

namespace graft::data {

// The classes that have something to train on (forTraining) or any picture at all.
std::set<std::string> usableClasses(const std::set<std::string>& names,
                                    const std::vector<Candidate>& candidates, bool forTraining,
                                    std::vector<Problem>& problems);

// Two classes that look alike, one ten times as large as another, small ones; 16-bit pictures that use
// twelve.
void reportSimilarNames(const std::set<std::string>& names, std::vector<Problem>& problems);
void reportBalance(const std::set<std::string>& usable, const std::vector<Candidate>& candidates,
                   std::vector<Problem>& problems);
void reportNotes(const std::vector<Candidate>& candidates, std::vector<Problem>& problems);

}  // namespace graft::data
