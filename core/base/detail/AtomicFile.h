// SPDX-License-Identifier: GPL-3.0-or-later
// Files that are there whole or not at all: written aside, synced, renamed.
#pragma once

#include <cstddef>
#include <cstdio>
#include <fstream>
#include <functional>
#include <ostream>
#include <span>
#include <string>
#include <utility>

#include "core/base/Result.h"

namespace graft::base {

// Calls write with a stream to PATH.partial, then syncs and renames. On any failure the file aside is
// removed and PATH is as it was. Errors: Unwritable.
Result<void> writeFileAtomically(const std::string& path, const std::function<void(std::ostream&)>& write);
Result<void> writeFileAtomically(const std::string& path, const std::string& content);

// Renames aside to path after syncing it and, afterwards, the folder. For files that a library wrote.
Result<void> commitFile(const std::string& aside, const std::string& path);

// Removes a file that is no longer needed, if it is still there, when the scope is left.
class RemovedAtEnd {
  public:
    explicit RemovedAtEnd(std::string path) : m_path(std::move(path)) {}
    ~RemovedAtEnd() { std::remove(m_path.c_str()); }
    RemovedAtEnd(const RemovedAtEnd&) = delete;
    RemovedAtEnd& operator=(const RemovedAtEnd&) = delete;

  private:
    std::string m_path;
};

// Errors: Unwritable.
Result<void> makeFolder(const std::string& path);

}  // namespace graft::base
