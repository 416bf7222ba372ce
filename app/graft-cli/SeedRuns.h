// SPDX-License-Identifier: GPL-3.0-or-later
// Several runs that differ by their seed alone, one after another: how much a figure owes to chance.
#pragma once

#include <functional>

#include "core/base/Result.h"
#include "core/runtime/RunControl.h"
#include "core/settings/TrainConfig.h"
#include "core/training/Trainer.h"

namespace graft::cli {

// One run, from its beginning.
using TrainRun = std::function<Result<training::TrainReport>(const settings::TrainConfig&)>;

// `count` runs of `first`, whose run folder is that of all of them: in RUN/seed-1, RUN/seed-2, .. with its
// seed, the next one, .. Those that are finished already are left as they are, and those that have begun go
// on. Prints what they came to and writes it into RUN/seeds.json. One that fails ends them; seeds.json is
// then of those before it. Returns the exit status.
int trainSeeds(const settings::TrainConfig& first, int count, const TrainRun& train,
               runtime::RunControl& control, bool json);

}  // namespace graft::cli
