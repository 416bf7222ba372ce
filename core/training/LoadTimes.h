// SPDX-License-Identifier: GPL-3.0-or-later
// How long the images of a data set take to be read, decoded and prepared, from some of them.
#pragma once

#include <cstddef>

#include "core/base/Result.h"
#include "core/data/DatasetIndex.h"
#include "core/runtime/RunControl.h"
#include "core/settings/TrainConfig.h"

namespace graft::training {

// Seconds of one processor, for one image.
struct LoadTimes {
    bool rough = false;     // guessed
    double first = 0.003;   // with the random changes of training
    double again = 0.0015;  // the same, once the decoded picture is in memory
    double centre = 0.003;  // as validation looks at it
    double centreAgain = 1e-4;
    double decodedBytes = 600'000;  // of a picture that is kept in memory
};

// What is usual for photographs of half a megapixel: until it is measured.
LoadTimes roughLoadTimes();

// Loads some images of each kind, spread over the data set, as training with this configuration would: a
// second of one processor at most, or three images. Images that cannot be read are passed over. Errors:
// Cancelled.
Result<LoadTimes> measureLoading(const data::DatasetIndex& dataset, const settings::TrainConfig& config,
                                 runtime::RunControl& control);

}  // namespace graft::training
