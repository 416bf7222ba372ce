// SPDX-License-Identifier: GPL-3.0-or-later
// A file on its way: FILE.part, which takes FILE's name once it is whole. What is there when a download
// breaks off stays for the next try.
//
// Only one PartFile of a name lives at a time, in all processes: it holds an advisory lock on FILE.part
// itself. That leaves nothing behind when a process is killed, as a lock file would, and lets the next one go
// on with the bytes that came, as a name of each process's own would not.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "core/base/Result.h"
#include "core/runtime/RunControl.h"

namespace graft::weights {

class PartFile {
  public:
    // Waits while somebody else writes this file. Errors: Unwritable; Cancelled.
    static Result<PartFile> open(const std::string& target, runtime::RunControl& control);
    PartFile(PartFile&& other) noexcept;
    PartFile& operator=(PartFile&&) = delete;
    ~PartFile();  // an empty one is removed

    const std::string& path() const { return m_path; }
    std::int64_t size() const { return m_size; }

    // 0, or the errno of what went wrong.
    int append(const void* bytes, std::size_t count);
    int clear();

    // What the server calls this version of the file (ETag or date), kept beside the part. Empty: unknown.
    std::string validator() const;
    void setValidator(const std::string& validator);

    // Syncs and renames. Errors: Unwritable; the part is gone then.
    Result<void> commit();
    void discard();

  private:
    PartFile(int descriptor, const std::string& target);
    bool isStillThere() const;

    int m_descriptor = -1;
    std::string m_target;
    std::string m_path;
    std::int64_t m_size = 0;
    bool m_mine = false;  // the lock is held
};

// Unwritable, with what is needed and what is free where the disk is full. needed: bytes still to come, or
// -1.
Error writeError(int number, const std::string& path, std::int64_t needed);

std::string megabytesText(std::int64_t bytes);  // "46.8 MB"

}  // namespace graft::weights
