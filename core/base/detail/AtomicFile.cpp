// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/detail/AtomicFile.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>

namespace graft::base {

namespace {

bool syncPath(const std::string& path, int flags) {
    const int descriptor = ::open(path.c_str(), flags);
    if (descriptor < 0) return false;
    const bool synced = ::fsync(descriptor) == 0;
    ::close(descriptor);
    return synced;
}

std::string reason() {
    return std::strerror(errno);
}

}  // namespace

Result<void> commitFile(const std::string& aside, const std::string& path) {
    if (!syncPath(aside, O_RDONLY) || std::rename(aside.c_str(), path.c_str()) != 0) {
        const std::string why = reason();
        std::remove(aside.c_str());
        return fail(ErrorCode::Unwritable, "The file cannot be written: " + why + ".", path);
    }
    const std::string folder = std::filesystem::path(path).parent_path().string();
    syncPath(folder.empty() ? "." : folder, O_RDONLY | O_DIRECTORY);  // makes the rename itself last
    return {};
}

Result<void> writeFileAtomically(const std::string& path, const std::function<void(std::ostream&)>& write) {
    const std::string aside = path + ".partial";
    errno = 0;
    {
        std::ofstream file(aside, std::ios::binary | std::ios::trunc);
        if (file) write(file);
        file.flush();
        if (!file) {
            const std::string why = errno != 0 ? reason() : "the disk may be full";
            file.close();
            std::remove(aside.c_str());
            return fail(ErrorCode::Unwritable, "The file cannot be written: " + why + ".", path);
        }
    }
    return commitFile(aside, path);
}

Result<void> writeFileAtomically(const std::string& path, const std::string& content) {
    return writeFileAtomically(path, [&](std::ostream& out) { out << content; });
}

Result<void> makeFolder(const std::string& path) {
    std::error_code error;
    std::filesystem::create_directories(path, error);
    if (error || !std::filesystem::is_directory(path)) {
        const std::string why = error ? error.message() : "a file of this name is in the way";
        return fail(ErrorCode::Unwritable, "The folder cannot be made: " + why + ".", path);
    }
    return {};
}

}  // namespace graft::base
