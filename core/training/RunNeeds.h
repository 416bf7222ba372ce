// SPDX-License-Identifier: GPL-3.0-or-later
// What has become of a run's parts since it was trained: its folder may have been moved here from another
// machine, its images and its starting weights may be gone.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "core/base/Result.h"
#include "core/runtime/RunControl.h"
#include "core/training/RunFolder.h"

namespace graft::training {

struct RunNeeds {
    std::string datasetFolder;  // as the run's list of files has it
    bool hasList = false;       // dataset.json can be read; without it nothing is known of the images
    bool hasDataset = false;    // the folder is there
    std::size_t images = 0;     // of training and validation
    std::size_t missing = 0;    // those that are not under their path any more
    std::size_t changed = 0;    // those of another size
    bool hasModel = false;      // with the .json beside it: it can be exported, asked and evaluated
    bool hasResults = false;    // evaluation.json and predictions.csv
    bool hasCheckpoint = false;
    // Those that it began from, known by their content, wherever they lie here; true where it began from
    // random ones.
    bool hasWeights = false;
    // What is missing or another now, what cannot be done without it and what helps, a sentence each. Empty:
    // nothing is.
    std::vector<Message> sentences;

    bool hasImages() const { return hasList && hasDataset && missing == 0; }
};

// Asks for each image's size and reads the starting weights once: not for a GUI thread. Errors: openRun()'s,
// Cancelled.
Result<RunNeeds> needsOf(const std::string& runFolder, runtime::RunControl& control);

}  // namespace graft::training
