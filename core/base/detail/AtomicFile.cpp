// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/detail/AtomicFile.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <utility>

namespace graft::base {

namespace {

namespace fs = std::filesystem;

constexpr const char* kEnding = ".partial";

Message reason() {
    return Message::words(std::strerror(errno));
}

tl::unexpected<Error> unwritable(const Message& why, const std::string& path) {
    return fail(ErrorCode::Unwritable, {GRAFT_TEXT("The file cannot be written: {1}."), why}, path);
}

std::string folderOf(const std::string& path) {
    const std::string folder = fs::path(path).parent_path().string();
    return folder.empty() ? "." : folder;
}

bool isLockFree(int descriptor) {
    return ::flock(descriptor, LOCK_EX | LOCK_NB) == 0;
}

// Whether name is "BASE.DIGITS-DIGITS.partial".
bool isAside(const std::string& name, const std::string& base) {
    if (!name.starts_with(base + ".") || !name.ends_with(kEnding)) return false;
    const std::size_t first = base.size() + 1;
    const std::size_t end = name.size() - std::strlen(kEnding);
    return first < end && std::all_of(name.begin() + static_cast<std::ptrdiff_t>(first),
                                      name.begin() + static_cast<std::ptrdiff_t>(end),
                                      [](char c) { return (c >= '0' && c <= '9') || c == '-'; });
}

void removeLeftovers(const std::string& path) {
    const std::string base = fs::path(path).filename().string();
    std::error_code error;
    for (fs::directory_iterator it(folderOf(path), error), end; !error && it != end; it.increment(error)) {
        if (!isAside(it->path().filename().string(), base)) continue;
        const int descriptor = ::open(it->path().c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
        if (descriptor < 0) continue;
        std::error_code ignored;
        if (isLockFree(descriptor)) fs::remove_all(it->path(), ignored);
        ::close(descriptor);
    }
}

bool isStillThere(int descriptor, const std::string& name) {
    struct stat mine = {};
    struct stat there = {};
    return ::fstat(descriptor, &mine) == 0 && ::stat(name.c_str(), &there) == 0 &&
           mine.st_ino == there.st_ino && mine.st_dev == there.st_dev;
}

struct Made {
    int descriptor;
    std::string name;
};

// make: from a name that is free, a descriptor or -1 with errno.
template <class Make>
Result<Made> makeAside(const std::string& path, const Make& make) {
    static std::atomic<unsigned> counter = 0;
    removeLeftovers(path);
    while (true) {
        const std::string name =
            path + "." + std::to_string(::getpid()) + "-" + std::to_string(++counter) + kEnding;
        const int descriptor = make(name);
        if (descriptor < 0) {
            if (errno == EEXIST) continue;  // of a process of this number on another machine
            return unwritable(reason(), path);
        }
        // A file system without locks has no lock to lose, and its leftovers stay. Held by another: it takes
        // the file for a leftover, as who has removed it before it was locked.
        const bool isTaken = !isLockFree(descriptor) && errno == EWOULDBLOCK;
        if (!isTaken && isStillThere(descriptor, name)) return Made{descriptor, name};
        ::close(descriptor);
    }
}

}  // namespace

Result<AsideFile> AsideFile::create(const std::string& path) {
    return makeAside(path,
                     [](const std::string& name) {
                         return ::open(name.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
                     })
        .map([&](Made made) { return AsideFile(made.descriptor, path, std::move(made.name)); });
}

AsideFile::AsideFile(int descriptor, std::string path, std::string name)
    : m_descriptor(descriptor), m_path(std::move(path)), m_name(std::move(name)) {}

AsideFile::AsideFile(AsideFile&& other) noexcept
    : m_descriptor(std::exchange(other.m_descriptor, -1)),
      m_path(std::move(other.m_path)),
      m_name(std::move(other.m_name)) {}

AsideFile::~AsideFile() {
    if (m_descriptor < 0) return;
    if (isStillThere(m_descriptor, m_name)) ::unlink(m_name.c_str());
    ::close(m_descriptor);
}

Result<void> AsideFile::commit() {
    if (::fsync(m_descriptor) != 0 || std::rename(m_name.c_str(), m_path.c_str()) != 0)
        return unwritable(reason(), m_path);
    ::close(std::exchange(m_descriptor, -1));
    syncFolder(folderOf(m_path));
    return {};
}

Result<AsideFolder> AsideFolder::create(const std::string& path) {
    return makeAside(path,
                     [](const std::string& name) {
                         if (::mkdir(name.c_str(), 0755) != 0) return -1;
                         const int descriptor = ::open(name.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
                         if (descriptor < 0) {
                             const int why = errno;
                             ::rmdir(name.c_str());
                             errno = why;
                         }
                         return descriptor;
                     })
        .map([](Made made) { return AsideFolder(made.descriptor, std::move(made.name)); });
}

AsideFolder::AsideFolder(int descriptor, std::string name)
    : m_descriptor(descriptor), m_name(std::move(name)) {}

AsideFolder::AsideFolder(AsideFolder&& other) noexcept
    : m_descriptor(std::exchange(other.m_descriptor, -1)), m_name(std::move(other.m_name)) {}

AsideFolder::~AsideFolder() {
    if (m_descriptor < 0) return;
    std::error_code ignored;
    fs::remove_all(m_name, ignored);
    ::close(m_descriptor);
}

Result<void> commitFile(const std::string& aside, const std::string& path) {
    const int descriptor = ::open(aside.c_str(), O_RDONLY | O_CLOEXEC);
    const bool synced = descriptor >= 0 && ::fsync(descriptor) == 0;
    const Message why = reason();
    if (descriptor >= 0) ::close(descriptor);
    if (!synced || std::rename(aside.c_str(), path.c_str()) != 0) {
        const Message cause = synced ? reason() : why;
        std::remove(aside.c_str());
        return unwritable(cause, path);
    }
    syncFolder(folderOf(path));
    return {};
}

Result<void> writeFileAtomically(const std::string& path, const std::function<void(std::ostream&)>& write) {
    auto aside = AsideFile::create(path);
    if (!aside) return fail(aside.error());
    {
        errno = 0;
        std::ofstream file(aside->name(), std::ios::binary | std::ios::trunc);
        if (file) write(file);
        file.close();  // flushes; a file system with a quota may say only now that it is full
        if (!file) return unwritable(errno != 0 ? reason() : GRAFT_TEXT("the disk may be full"), path);
    }
    return aside->commit();
}

Result<void> writeFileAtomically(const std::string& path, const std::string& content) {
    return writeFileAtomically(path, [&](std::ostream& out) { out << content; });
}

void syncFolder(const std::string& folder) {
    const int descriptor = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (descriptor < 0) return;
    ::fsync(descriptor);
    ::close(descriptor);
}

Result<void> makeFolder(const std::string& path) {
    std::error_code error;
    std::filesystem::create_directories(path, error);
    if (error || !std::filesystem::is_directory(path)) {
        const Message why =
            error ? Message::words(error.message()) : GRAFT_TEXT("a file of this name is in the way");
        return fail(ErrorCode::Unwritable, {GRAFT_TEXT("The folder cannot be made: {1}."), why}, path);
    }
    return {};
}

}  // namespace graft::base
