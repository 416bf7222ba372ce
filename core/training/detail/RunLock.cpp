// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/training/detail/RunLock.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

namespace graft::training {

namespace {

// A reader holds the lock for milliseconds, and must not make a training fail.
constexpr int kTries = 10;
constexpr int kAskAgainMs = 30;

std::string pathIn(const std::string& runFolder) {
    return runFolder + "/.lock";
}

int openLock(const std::string& runFolder) {
    return ::open(pathIn(runFolder).c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NONBLOCK, 0644);
}

bool lock(int descriptor) {
    while (::flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
        if (errno == EINTR) continue;
        return errno != EWOULDBLOCK;  // a file system without locks
    }
    return true;
}

}  // namespace

bool RunLock::isHeld(const std::string& runFolder) {
    const int descriptor = ::open(pathIn(runFolder).c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (descriptor < 0) return false;
    const bool held = ::flock(descriptor, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK;
    ::close(descriptor);
    return held;
}

Result<RunLock> RunLock::take(const std::string& runFolder) {
    const int descriptor = openLock(runFolder);
    if (descriptor < 0) {
        return fail(ErrorCode::Unwritable,
                    {GRAFT_TEXT("The run's folder cannot be written: {1}."), std::strerror(errno)},
                    runFolder);
    }
    RunLock held(descriptor, runFolder);
    for (int i = 0; i < kTries; ++i) {
        if (lock(descriptor)) return held;
        ::poll(nullptr, 0, kAskAgainMs);
    }
    return fail(
        ErrorCode::Unwritable,
        GRAFT_TEXT("Another Graft is training in this folder; wait until it ends or stop it, or choose "
                   "another folder."),
        runFolder);
}

std::optional<RunLock> RunLock::takeIfFree(const std::string& runFolder) {
    const int descriptor = openLock(runFolder);
    if (descriptor < 0) return std::nullopt;
    RunLock held(descriptor, runFolder);
    if (!lock(descriptor)) return std::nullopt;
    return held;
}

bool RunLock::isStillThere() const {
    struct stat held {};
    struct stat there {};
    return ::fstat(m_descriptor, &held) == 0 && ::stat(pathIn(m_folder).c_str(), &there) == 0 &&
           held.st_dev == there.st_dev && held.st_ino == there.st_ino;
}

RunLock::RunLock(RunLock&& other) noexcept
    : m_descriptor(std::exchange(other.m_descriptor, -1)), m_folder(std::move(other.m_folder)) {}

RunLock::~RunLock() {
    if (m_descriptor >= 0) ::close(m_descriptor);
}

}  // namespace graft::training
