// SPDX-License-Identifier: GPL-3.0-or-later
// What "best" means. Which epoch's model a run keeps is decided once, when the epoch ends, and stands in its
// EpochDone::best; whoever asks later follows that (bestOf() in TrainEvents.h).
#pragma once

#include <optional>
#include <vector>

#include "core/base/Message.h"
#include "core/settings/Stopping.h"
#include "core/training/TrainEvents.h"

namespace graft::training {

// None in epochs of versions that did not write it.
std::optional<double> figureOf(const EpochDone& epoch, settings::Figure figure);

// The better figure; among equals the lower loss; of the same figures the earlier epoch stays. An epoch
// without the figure is not better than any, and any that has it is better.
bool isBetter(const EpochDone& epoch, const EpochDone& than, settings::Figure by);

// Whether the run's model becomes that of `epoch`, which comes behind those of the history.
bool isKept(const EpochDone& epoch, const std::vector<EpochDone>& history,
            const settings::StoppingOptions& options);

// The last epoch that was better than the best before it: by more than options.minChange (as Keras counts),
// or, where that is 0, as isBetter() has it. 0 where there is none.
int lastImprovement(const std::vector<EpochDone>& history, const settings::StoppingOptions& options);

// "Best validation accuracy 93.5 % in epoch 3." epoch: that which is kept.
Message keptSentence(const EpochDone& epoch, const settings::StoppingOptions& options);

}  // namespace graft::training
