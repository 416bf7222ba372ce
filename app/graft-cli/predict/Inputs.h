// SPDX-License-Identifier: GPL-3.0-or-later
// What predict was asked about: images, folders, patterns, and a list on standard input.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "core/base/Result.h"
#include "core/data/ImageListing.h"
#include "core/runtime/RunControl.h"

namespace graft::cli {

struct Inputs {
    std::vector<std::string> images;           // each once, in the order in which they were given
    std::vector<data::PassedOver> passedOver;  // what else lies in the folders
    std::vector<Error> errors;                 // arguments that lead nowhere
};

// All that can be read there; less where the control says stop. Errors: Unreadable.
Result<std::string> readToItsEnd(int descriptor, runtime::RunControl& control);

// "-" stands for the names in a list, a line or a zero byte after each; readList gives it. A folder's
// pictures come in the order of their paths; a pattern (* ? [..]) among the arguments that is no file's own
// name is what matches it.
Inputs gatherInputs(const std::vector<std::string>& arguments,
                    const std::function<Result<std::string>()>& readList, runtime::RunControl& control);

// A picture that gets no answer, rather than something that nobody asked about.
bool isMissed(const data::PassedOver& passed);

}  // namespace graft::cli
