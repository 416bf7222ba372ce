// SPDX-License-Identifier: GPL-3.0-or-later
// What can be said of a search before it begins; the search itself needs a network.
#include "core/training/FindLearningRate.h"

#include <string>

#include "core/base/detail/Quoted.h"
#include "core/settings/HeadSolving.h"
#include "core/settings/Phases.h"

namespace graft::training {

Result<void> checkHasRate(const settings::TrainConfig& config,
                          const std::vector<backbones::UnitSummary>& units) {
    const auto phases = settings::phasesOf(config, units);
    if (!phases) return fail(phases.error());
    const settings::Phase& first = phases->front();
    if (settings::solvesHead(settings::configOf(config, first))) {
        return fail(
            {ErrorCode::InvalidArgument,
             GRAFT_TEXT("L-BFGS solves the head at once and needs no learning rate; there is none to find. "
                        "Train as it is, or take another optimizer (--optimizer)."),
             "", "optimizer.kind"});
    }
    const auto own = first.settings.find("optimizer.learning_rate");
    if (own == first.settings.end()) return {};
    return fail({ErrorCode::InvalidArgument,
                 {GRAFT_TEXT("The first phase, {1}, sets its own learning rate (lr={2}), so that one that is "
                             "found would change nothing. Take lr={2} out of that phase to look for one, or "
                             "train as it is."),
                  base::inQuotes(first.name), settings::text(own->second)},
                 "",
                 "phases.list"});
}

}  // namespace graft::training
