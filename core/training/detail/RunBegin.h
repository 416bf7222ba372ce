// SPDX-License-Identifier: GPL-3.0-or-later
// When a run began: what lists of runs are ordered by, whatever is rewritten in its folder later.
#pragma once

#include <cstdint>
#include <optional>

#include "core/training/detail/RunWriter.h"

namespace graft::training {

// Seconds since 1970: by the first line of log.txt, else by the time of config.json. None where neither can
// be read.
std::optional<std::int64_t> beginOf(const RunPaths& paths);

}  // namespace graft::training
