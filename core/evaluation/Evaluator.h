// SPDX-License-Identifier: GPL-3.0-or-later
// Runs a trained model over a labelled folder.
#pragma once

#include <cstddef>
#include <functional>
#include <string>

#include "core/base/Result.h"
#include "core/evaluation/Evaluation.h"
#include "core/runtime/RunControl.h"

namespace graft::evaluation {

using Progress = std::function<void(std::size_t done, std::size_t total)>;

// model: a run folder or an exported file. The folder is read as FOLDER/CLASS/*, with class names of the
// model; where it has train/val/test folders, test is used if there, else val. A folder without a split of
// its own is used whole.
// Errors: NotFound, BadFormat, InvalidArgument (the folder's classes are not the model's).
Result<Evaluation> evaluateFolder(const std::string& model, const std::string& folder,
                                  const std::string& device, const Progress& progress,
                                  runtime::RunControl& control);

}  // namespace graft::evaluation
