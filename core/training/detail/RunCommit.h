// SPDX-License-Identifier: GPL-3.0-or-later
// Files of a run that belong together (a model, what is said of it, the state that knows of it) change
// together: they are written into checkpoint/next.partial, which then becomes checkpoint/next. From that
// rename on they count. Moving them to their places can be done again, so a process that is killed in the
// middle leaves it to the next that opens the run. Whoever writes holds the RunLock.
#pragma once

#include <array>
#include <string>

#include "core/base/Result.h"
#include "core/training/detail/RunWriter.h"

namespace graft::training {

class RunCommit {
  public:
    // Errors: Unwritable.
    static Result<RunCommit> begin(const RunPaths& paths);

    // As the run's own, but where the files are to be written now. Only those that settle() knows.
    const RunPaths& aside() const { return m_aside; }

    // All of them, or on failure none. Errors: Unwritable.
    Result<void> finish();

  private:
    explicit RunCommit(const RunPaths& paths);

    RunPaths m_paths;
    RunPaths m_aside;
};

// Of the files that are written aside, where they belong. The state comes last: it speaks of the others.
std::array<std::string, 6> placesOf(const RunPaths& paths);
// Where a file that is written aside belongs; any other path as it is.
std::string placeOf(const RunPaths& paths, const std::string& aside);

// Whether files wait to be moved to their places.
bool isUnsettled(const RunPaths& paths);
// Moves them. Errors: Unwritable.
Result<void> settle(const RunPaths& paths);
// For readers, who hold no lock: the same where this is a run and nobody writes there now.
void settleIfFree(const RunPaths& paths);
// The same for a run's folder or a file in it; nothing where it is neither.
void settleRunOf(const std::string& model);
// Removes what a killed process had not finished.
void removeUnfinished(const RunPaths& paths);

}  // namespace graft::training
