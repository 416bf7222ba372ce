// SPDX-License-Identifier: GPL-3.0-or-later
// What a run will cost, and what a person should know of it before it starts.
#pragma once

#include <optional>
#include <vector>

#include "core/backbones/ModelSummary.h"
#include "core/base/Result.h"
#include "core/data/DatasetIndex.h"
#include "core/runtime/RunControl.h"
#include "core/settings/TrainConfig.h"
#include "core/training/Cautions.h"
#include "core/training/Cost.h"

namespace graft::cli {

struct CostReport {
    backbones::ModelSummary summary;
    training::NetworkTimes times;
    training::Cost cost;
    std::vector<training::Caution> cautions;
};

enum class Exactness {
    Measured,  // now, unless it was kept
    IfKept,    // what was measured earlier, else rough
    AlwaysRough,
};
// Errors: those of summarize(), networkTimes() and costOf().
Result<CostReport> costReport(const settings::TrainConfig& config, const data::DatasetIndex& dataset,
                              Exactness exactness, runtime::RunControl& control);

// On standard error, a line each.
void sayCautions(const std::vector<training::Caution>& cautions);

}  // namespace graft::cli
