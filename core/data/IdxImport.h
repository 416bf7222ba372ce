// SPDX-License-Identifier: GPL-3.0-or-later
// Turns MNIST's IDX files (http://yann.lecun.com/exdb/mnist, "THE IDX FILE FORMAT"), gzipped or not,
// into an image folder FOLDER/CLASS/NNNNN.png.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

#include "core/base/Result.h"
#include "core/runtime/RunControl.h"

namespace graft::data {

struct IdxImportOptions {
    std::size_t perClass = 0;             // at most so many pictures a class, in file order; 0: all
    std::vector<std::string> classNames;  // by label; missing ones are the label's number
};

struct IdxImportReport {
    std::size_t images = 0;
    std::vector<std::string> classes;
};

// All pictures or none: they lie aside until the last one is written, and go again where something fails or
// control is stopped. Errors: NotFound, BadFormat (magic number, sizes or counts that do not agree),
// InvalidArgument (a class name that cannot be a folder or stands twice, labels beyond the names, a class
// that is there already), Unwritable, Cancelled.
Result<IdxImportReport> importIdx(
    const std::string& imagesFile, const std::string& labelsFile, const std::string& folder,
    const IdxImportOptions& options,
    const std::function<void(std::size_t done, std::size_t total)>& progress = {},
    runtime::RunControl* control = nullptr);

}  // namespace graft::data
