// SPDX-License-Identifier: GPL-3.0-or-later
// What a run begins with: a backbone's weights, and the classifier too where the file is a model for the same
// classes, as another run's is.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/backbones/torch/Network.h"
#include "core/base/Result.h"
#include "core/settings/TrainConfig.h"
#include "core/training/detail/Decisions.h"

namespace graft::training {

// Loads config.weightsFile into the network, which has a head of config.head for these classes. The
// classifier is taken along where the .json beside the file names the same classes, in whatever order, and
// the same head. Gives sentences for the person: what was chosen in the file, and whether the classifier goes
// on or begins anew. Errors: readWeights', Network::load's, and sidecarThatFits' but for a .json that is not
// there.
Result<std::vector<Message>> loadStartingWeights(backbones::Network& network,
                                                 const settings::TrainConfig& config,
                                                 const std::vector<std::string>& classes);

// The hash of config.weightsFile. Errors: Unreadable; WeightsMismatch where the run, which has no checkpoint
// yet, began with another file.
Result<std::string> startingHash(const settings::TrainConfig& config,
                                 const std::optional<Decisions>& decided);

}  // namespace graft::training
