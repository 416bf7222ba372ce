// SPDX-License-Identifier: GPL-3.0-or-later
// Who writes a run folder holds an advisory lock (flock) on RUN/.lock: training, resuming, and for a moment
// whoever puts a killed process's files in their places. It goes with the process, however that ends.
#pragma once

#include <optional>
#include <string>
#include <utility>

#include "core/base/Result.h"

namespace graft::training {

class RunLock {
  public:
    // The folder is there. Errors: Unwritable: another process (or thread) trains in it, or it cannot be
    // written.
    static Result<RunLock> take(const std::string& runFolder);
    // For readers: empty where somebody else writes, or nothing can be written.
    static std::optional<RunLock> takeIfFree(const std::string& runFolder);

    // Whether RUN/.lock is still what this holds: a folder that was moved has taken it along, and what lies
    // under its name now is nobody's or another run's.
    bool isStillThere() const;

    // Whether somebody holds it now.
    static bool isHeld(const std::string& runFolder);

    RunLock(RunLock&& other) noexcept;
    RunLock& operator=(RunLock&&) = delete;
    ~RunLock();

  private:
    RunLock(int descriptor, std::string runFolder)
        : m_descriptor(descriptor), m_folder(std::move(runFolder)) {}

    int m_descriptor;
    std::string m_folder;
};

}  // namespace graft::training
