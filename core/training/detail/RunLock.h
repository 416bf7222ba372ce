// SPDX-License-Identifier: GPL-3.0-or-later
// Who writes a run folder holds an advisory lock (flock) on RUN/.lock: training, resuming, and for a moment
// whoever puts a killed process's files in their places. It goes with the process, however that ends.
#pragma once

#include <optional>
#include <string>

#include "core/base/Result.h"

namespace graft::training {

class RunLock {
  public:
    // The folder is there. Errors: Unwritable: another process (or thread) trains in it, or it cannot be
    // written.
    static Result<RunLock> take(const std::string& runFolder);
    // For readers: empty where somebody else writes, or nothing can be written.
    static std::optional<RunLock> takeIfFree(const std::string& runFolder);

    // Whether somebody holds it now.
    static bool isHeld(const std::string& runFolder);

    RunLock(RunLock&& other) noexcept;
    RunLock& operator=(RunLock&&) = delete;
    ~RunLock();

  private:
    explicit RunLock(int descriptor) : m_descriptor(descriptor) {}

    int m_descriptor;
};

}  // namespace graft::training
