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

struct EvaluateOptions {
    std::string device = "auto";
    // Also score the images that the model was trained on, and the whole folder rather than its held-out
    // part.
    bool everything = false;
    // Of each image: of several, the first is the image as it is, the others are variants by the run's own
    // augmentation, drawn from its seed and the image's name; probabilities are the means over them.
    std::size_t views = 1;
};

// model: a run folder or an exported file. The folder is read as scanFolder() reads it, with class names of
// the model; where it has train/val/test folders, test is used if there, else val; a folder without a split
// of its own is used whole. Images that a run was trained on (the same bytes) are not scored. What is not
// scored is named in the result, whose predictions have no probabilities. Errors: NotFound, BadFormat (also:
// an answer that is not finite), InvalidArgument (several views, and no run or one without augmentation),
// Cancelled.
Result<Evaluation> evaluateFolder(const std::string& model, const std::string& folder,
                                  const EvaluateOptions& options, const Progress& progress,
                                  runtime::RunControl& control);

}  // namespace graft::evaluation
