// SPDX-License-Identifier: GPL-3.0-or-later
// Which backbones can be compared on this machine, and which are not here.
#pragma once

#include <string>
#include <vector>

#include "core/base/Result.h"
#include "core/comparing/Comparison.h"

namespace graft::comparing {

struct Entered {
    std::vector<Entrant> entrants;  // the cheapest first, by multiply-adds; each file once
    std::vector<LeftOut> leftOut;   // asked for by name, and without weights here
};

// asked: see CompareConfig::backbones. Reads folders: not for a GUI thread. Errors: NotFound (a name that the
// catalogue does not know, naming the nearest; a file that is not there; no weights at all).
Result<Entered> entrantsHere(const std::vector<std::string>& asked);

// Of the catalogue, what is not on this machine and was published with a higher top-1 than any of these, for
// no more than four times the multiply-adds of the largest; each larger download promises more than the one
// before. At most `most`, the smallest download first; where there are more, the best of them.
std::vector<Absent> absentAndBetter(const std::vector<Entrant>& here, std::size_t most = 5);

}  // namespace graft::comparing
