// SPDX-License-Identifier: GPL-3.0-or-later
// What there is to say about a folder of images, in the same words wherever it is read.
#pragma once

#include <cstdio>

#include "app/graft-cli/Output.h"
#include "core/data/DatasetIndex.h"

namespace graft::cli {

enum class Lines { Each, Grouped };  // Grouped: what is the same for several in one line

// What concerns classes and the layout, then what is wrong with single files, then each kind of thing that is
// not used.
void printDatasetWarnings(std::FILE* out, const data::DatasetIndex& index, Lines lines);

Json problemsJson(const data::DatasetIndex& index);  // [{path, code, message, left_out}]
Json unusedJson(const data::DatasetIndex& index);    // [{path, reason, message, files}]

}  // namespace graft::cli
