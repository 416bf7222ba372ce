// SPDX-License-Identifier: GPL-3.0-or-later
// How a run tells that an error ended it: RUN/failure.json, {code, message, path}, written by whoever holds
// the lock and removed when the run goes on. It is for people and lists: nothing that trains reads it.
#pragma once

#include "core/base/Result.h"
#include "core/training/detail/RunWriter.h"

namespace graft::training {

// Errors: Unwritable.
Result<void> writeFailure(const RunPaths& paths, const Error& error);
// Nothing where there is none. One that stays is overruled by the end that the run comes to.
void removeFailure(const RunPaths& paths);

// The sentence, with the file that it is about; empty where nothing says that the run failed. Of runs of
// versions without that file log.txt says it.
Message failureOf(const RunPaths& paths);

}  // namespace graft::training
