// SPDX-License-Identifier: GPL-3.0-or-later
// Which images a model has seen in training, so that nobody scores it on them as if it had not.
#pragma once

#include <optional>
#include <set>
#include <string>

#include "core/base/Result.h"

namespace graft::training {

// SHA-256 of the images that the model was trained on, and those of the runs that it was begun from, as far
// as they are still there. model: a run's folder or a model in it. Empty where nothing says which they were.
// Errors: as readDataset.
Result<std::optional<std::set<std::string>>> trainedOn(const std::string& model);

}  // namespace graft::training
