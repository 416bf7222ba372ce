// SPDX-License-Identifier: GPL-3.0-or-later
// Reads FOLDER/CLASS/*, FOLDER/{train,val[,test]}/CLASS/* or FOLDER/CLASS/{train,val[,test]}/*, with the
// splits under any usual name (Training, train_images, 01_train, dev, eval, holdout ..) and perhaps inside
// one folder more; decodes every image once to find the ones that cannot be used, and assigns splits. A later
// scan decodes only what has changed. Without validation images of its own the folder's training images are
// split; test images never are. Every file below the folder is a sample, or named in problems or unused.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "core/base/Result.h"
#include "core/data/DatasetIndex.h"

namespace graft::runtime {
class RunControl;
}

namespace graft::data {

struct ScanOptions {
    double validationShare = 0.2;  // 0 < share < 1; used where the folder has no split of its own
    std::uint64_t seed = 1;        // the same seed gives the same split
    int threads = 0;               // 0: one per processor
    // false, for scoring: classes without training images and training images that are held out elsewhere too
    // are kept.
    bool forTraining = true;
};

// Called from worker threads, never from two at once.
using ScanProgress = std::function<void(std::size_t done, std::size_t total)>;

// Errors: NotFound (no such folder), Unreadable (its path is no UTF-8), TooFewClasses (fewer than two classes
// with usable images), Cancelled (control was stopped). With requireTrainable=false a folder that cannot be
// trained on still gives its index, so that its problems can be shown.
Result<DatasetIndex> scanFolder(const std::string& folder, const ScanOptions& options = {},
                                const ScanProgress& progress = {}, runtime::RunControl* control = nullptr,
                                bool requireTrainable = true);

struct HashChange {
    std::size_t sample = 0;  // index
    std::string before;      // its SHA-256
};

struct HashChanges {
    std::vector<HashChange> changed;
    std::vector<HashChange> unreadable;
};

// Takes the present SHA-256 of each training and validation image whose file is no longer what the scan saw
// into the index; a file that cannot be read gets a hash that no image has. Reads only files that have
// changed since the last scan, in all threads. Errors: Cancelled (control was stopped; the index is as it
// was).
Result<HashChanges> updateHashes(DatasetIndex& index, runtime::RunControl* control = nullptr);

// Whether the index can be trained on: two classes with training images, and a validation image.
Result<void> checkTrainable(const DatasetIndex& index);

}  // namespace graft::data
