// SPDX-License-Identifier: GPL-3.0-or-later
// train --auto: everything that --auto does not leave to a person is chosen on the images.
#pragma once

#include "app/graft-cli/TrainingOptions.h"

namespace CLI {
class App;
}

namespace graft::cli {

// command: train, as it was given. Returns the exit status.
int trainAuto(const CLI::App& command, const TrainingOptions& options, double minutes, bool json);

}  // namespace graft::cli
