// SPDX-License-Identifier: GPL-3.0-or-later
// Whether a run's images are still where they were. For a worker thread: it asks the disk.
#pragma once

#include <QString>

#include "core/data/DatasetIndex.h"

namespace graft::ui {

// The data set's folder, where more than a quarter of the training and validation images are gone from it,
// more than a run may lose; else empty. Of a large data set a sample is looked at.
QString placeOfLostImages(const data::DatasetIndex& dataset);

}  // namespace graft::ui
