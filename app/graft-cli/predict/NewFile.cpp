// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/graft-cli/predict/NewFile.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <utility>

namespace graft::cli {

namespace {

// Errors: EEXIST where something has the name already.
std::error_code renameToNew(const std::string& from, const std::string& to) {
    if (renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), RENAME_NOREPLACE) == 0) return {};
    if (errno != EINVAL) return lastError();
    // NFS
    if (link(from.c_str(), to.c_str()) == 0) {
        unlink(from.c_str());
        return {};
    }
    if (errno == EEXIST) return lastError();
    // File systems that have neither: nobody else writes there at the same moment.
    std::error_code error;
    if (std::filesystem::exists(std::filesystem::symlink_status(to, error)))
        return std::make_error_code(std::errc::file_exists);
    std::filesystem::rename(from, to, error);
    return error;
}

}  // namespace

NewFile::NewFile(std::string path) : m_path(std::move(path)) {
    const std::string parent = std::filesystem::path(m_path).parent_path().string();
    const std::string folder = parent.empty() ? "." : parent;
    m_descriptor = open(folder.c_str(), O_TMPFILE | O_WRONLY | O_CLOEXEC, 0666);
    const bool mustHaveName = errno == EOPNOTSUPP || errno == EISDIR || errno == EINVAL;
    // Network and memory-card file systems. A number may be taken by what a killed process has left.
    for (int number = 1; m_descriptor < 0 && mustHaveName; ++number) {
        const std::string aside =
            folder + "/.graft-" + std::to_string(getpid()) + "-" + std::to_string(number);
        m_descriptor = open(aside.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
        if (m_descriptor >= 0) m_aside = aside;
        if (m_descriptor < 0 && errno != EEXIST) break;
    }
    if (m_descriptor < 0) m_error = lastError();
}

NewFile::~NewFile() {
    if (!m_aside.empty()) unlink(m_aside.c_str());
    if (m_descriptor >= 0) close(m_descriptor);
}

std::error_code NewFile::commitAs(const std::string& path) {
    if (m_aside.empty()) {
        const std::string itself = "/proc/self/fd/" + std::to_string(m_descriptor);
        return linkat(AT_FDCWD, itself.c_str(), AT_FDCWD, path.c_str(), AT_SYMLINK_FOLLOW) == 0
                   ? std::error_code()
                   : lastError();
    }
    const std::error_code error = renameToNew(m_aside, path);
    if (!error) m_aside.clear();
    return error;
}

}  // namespace graft::cli
