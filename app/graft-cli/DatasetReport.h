// SPDX-License-Identifier: GPL-3.0-or-later
// What there is to say about a folder of images, in the same words wherever it is read.
#pragma once

#include <cstdio>

#include "app/graft-cli/Output.h"
#include "core/data/DatasetIndex.h"

namespace graft::cli {

// A line for each problem and for each kind of thing that is not used. mostLines: how many before the rest is
// only counted; 0: all.
void printDatasetWarnings(std::FILE* out, const data::DatasetIndex& index, std::size_t mostLines = 0);

Json problemsJson(const data::DatasetIndex& index);  // [{path, code, message, left_out}]
Json unusedJson(const data::DatasetIndex& index);    // [{path, reason, message, files}]

}  // namespace graft::cli
