// SPDX-License-Identifier: GPL-3.0-or-later
// A run from the disk, with what the Train page says of it. A plain value: read on a worker thread, since
// the list of a large data set takes its time.
#pragma once

#include <QString>
#include <cstddef>
#include <string>
#include <vector>

#include "core/base/Result.h"
#include "core/training/RunFolder.h"

namespace graft::ui {

struct OpenedRun {
    training::RunSummary run;
    // How many images its data set has: an epoch may have seen fewer; 0 is unknown.
    std::size_t trainImages = 0;
    std::size_t validationImages = 0;
    std::vector<std::string> classes;  // empty: unknown
    // The folder of its images, where most of them are not there any more; else empty. See LostImages.h.
    QString lostImages;

    // Its `resumable` is what checkResumable() says of this machine. Errors: training::openRun()'s.
    static Result<OpenedRun> read(const std::string& folder);
};

}  // namespace graft::ui
