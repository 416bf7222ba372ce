// SPDX-License-Identifier: GPL-3.0-or-later
// Where the weights that a run began from lie on this machine now. They are known by their content
// (decisions.json): the run whose model they are may have another name, or this one may come from elsewhere.
#pragma once

#include <string>

#include "core/training/RunFolder.h"

namespace graft::training {

struct WeightsNow {
    // With that content; where no file has it, or nothing tells it, the one that the run names. Empty: that
    // is not there either, or the run began from random ones.
    std::string file;
    bool isMoved = false;  // found elsewhere than the run says
    bool isOther = false;  // the file has another content than the run began from
};

// Looked for among the backbone's weights on this machine, the models of the runs beside it and those where
// the run that it began from lay. Reads sidecars first, and then what may be it, once: not for a GUI thread.
WeightsNow weightsNow(const RunSummary& run);

}  // namespace graft::training
