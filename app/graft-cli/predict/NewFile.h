// SPDX-License-Identifier: GPL-3.0-or-later
// A file that has no name until it is whole: a kill leaves nothing, two processes do not meet, and nothing is
// written over.
#pragma once

#include <cerrno>
#include <string>
#include <system_error>

namespace graft::cli {

inline std::error_code lastError() {
    return {errno, std::generic_category()};
}

class NewFile {
  public:
    explicit NewFile(std::string path);
    ~NewFile();  // what was not committed is gone
    NewFile(const NewFile&) = delete;
    NewFile& operator=(const NewFile&) = delete;

    // Why there is none to write into, or no error.
    std::error_code error() const { return m_error; }
    int descriptor() const { return m_descriptor; }  // open as long as this lives
    // Gives it its name. The error is EEXIST where something has that already; then it can be called again.
    std::error_code commit() { return commitAs(m_path); }
    std::error_code commitAs(const std::string& path);  // in the same folder

  private:
    std::string m_path;
    std::string m_aside;  // where a file system has no files without a name
    int m_descriptor = -1;
    std::error_code m_error;
};

}  // namespace graft::cli
