// SPDX-License-Identifier: GPL-3.0-or-later
// dataset.json as a run keeps it: with the run's id, which decisions.json holds too, and a digest of its own
// content. Another run's list, or one that was edited, says wrongly what the model has learnt. The list
// itself may change while the run goes on (images are found elsewhere, or were replaced), so that one hash at
// the start could not hold it.
#pragma once

#include <optional>
#include <string>

#include "core/base/Result.h"
#include "core/data/DatasetIndex.h"
#include "core/training/detail/Decisions.h"
#include "core/training/detail/RunWriter.h"

namespace graft::training {

// A new run's: 32 random hexadecimal digits.
std::string newRunId();

// run: empty for a run of an older version, which has no id. The root is not in the digest: it is a place.
std::string listText(const data::DatasetIndex& dataset, const std::string& run);

struct RunList {
    data::DatasetIndex dataset;
    std::string run;  // the id in it
};

// decided: of the same run; without them the id is not looked at. Errors: NotFound, Unreadable, BadFormat
// (also: edited, or another run's).
Result<RunList> readRunList(const RunPaths& paths, const std::optional<Decisions>& decided);

}  // namespace graft::training
