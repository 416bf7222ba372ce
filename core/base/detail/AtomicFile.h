// SPDX-License-Identifier: GPL-3.0-or-later
// Files that are there whole or not at all: written aside, synced, renamed.
#pragma once

#include <cstddef>
#include <fstream>
#include <functional>
#include <ostream>
#include <span>
#include <string>
#include <utility>

#include "core/base/Result.h"

namespace graft::base {

// A file on its way: PATH.PID-NUMBER.partial, which takes PATH's name once it is whole. Each has a name of
// its own, so that two threads or processes never write into one, and is locked (flock) while it is written:
// what a killed process left behind is known by its free lock, and removed by the next who writes PATH.
class AsideFile {
  public:
    // An empty file. Errors: Unwritable.
    static Result<AsideFile> create(const std::string& path);
    AsideFile(AsideFile&& other) noexcept;
    AsideFile& operator=(AsideFile&&) = delete;
    ~AsideFile();  // removes it unless it was committed

    const std::string& name() const { return m_name; }  // to be opened and written by whoever makes it
    // Syncs, renames and syncs the folder. On failure PATH is as it was. Errors: Unwritable.
    Result<void> commit();

  private:
    AsideFile(int descriptor, std::string path, std::string name);

    int m_descriptor;
    std::string m_path;
    std::string m_name;
};

// A folder of files that belong together, beside the place that they are for, until each is whole and takes
// its own name (commitFile). Named, locked and cleaned up after as an AsideFile is.
class AsideFolder {
  public:
    // An empty folder beside path. Errors: Unwritable.
    static Result<AsideFolder> create(const std::string& path);
    AsideFolder(AsideFolder&& other) noexcept;
    AsideFolder& operator=(AsideFolder&&) = delete;
    ~AsideFolder();  // removes it with whatever is still in it

    std::string pathOf(const std::string& name) const { return m_name + "/" + name; }

  private:
    AsideFolder(int descriptor, std::string name);

    int m_descriptor;
    std::string m_name;
};

// Calls write with a stream to a file aside, then commits it. On any failure PATH is as it was.
// Errors: Unwritable.
Result<void> writeFileAtomically(const std::string& path, const std::function<void(std::ostream&)>& write);
Result<void> writeFileAtomically(const std::string& path, const std::string& content);

// Renames aside to path after syncing it and, afterwards, the folder. For files that a library wrote.
Result<void> commitFile(const std::string& aside, const std::string& path);

// Makes renames and removals in a folder last.
void syncFolder(const std::string& folder);

// Errors: Unwritable.
Result<void> makeFolder(const std::string& path);

}  // namespace graft::base
