// SPDX-License-Identifier: GPL-3.0-or-later
// Where a run stands between two batches, as its checkpoint keeps it beside the tensors.
#pragma once

#include <cstddef>
#include <vector>

#include "core/training/TrainEvents.h"

namespace graft::training {

// Of float16's gradients; see GradScaler.h.
struct LossScale {
    double scale = 65536;
    int stepsWithoutOverflow = 0;
};

struct RunProgress {
    int epoch = 1;                // being trained
    std::size_t batchesDone = 0;  // of this epoch; all of them: only its validation is missing
    double lossSum = 0;           // over this epoch's images so far
    std::size_t correct = 0;
    std::size_t images = 0;
    double epochSeconds = 0;  // spent on this epoch before
    LossScale lossScale = {};
    double trainSeconds = 0;             // of this epoch's training so far
    std::vector<std::size_t> lost = {};  // samples of this epoch that could not be read
    std::vector<EpochDone> history = {};
    bool decided = false;  // decisions.json was written before; false in checkpoints of older versions
};

}  // namespace graft::training
