// SPDX-License-Identifier: GPL-3.0-or-later
// All that the Runs page says of one run. A plain value, read on a worker thread.
#pragma once

#include <string>
#include <vector>

#include "core/base/Result.h"
#include "core/training/RunCatalogue.h"
#include "core/training/RunComparison.h"

namespace graft::ui {

struct RunDetails {
    struct SetValue {
        training::ComparedRow row;  // of the one run
        Message usual;              // what the backbone comes with; empty: the same, or not known
    };

    training::RunCard card;
    std::vector<training::ComparedRow> facts;    // data set, classes, images, backbone, weights, trained part
    std::vector<training::ComparedRow> outcome;  // status, figures, times
    std::vector<SetValue> settings;              // first those that are not as the backbone comes with them
    std::size_t changed = 0;                     // so many of them
    bool isResumable = false;                    // on this machine
    Message whyNotResumable;                     // of one that has not come to its end

    // Errors: training::openRun()'s.
    static Result<RunDetails> read(const std::string& folder);
};

}  // namespace graft::ui
