// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/FailingDevice.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <limits.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace {

using graft::test::DeviceDoes;

char deviceFolder[PATH_MAX] = "";
DeviceDoes deviceDoes = DeviceDoes::Nothing;
long deviceAt = 0;
std::atomic<long> changes = 0;
std::atomic<bool> isFull = false;

// The C library's own function of this name.
template <class Function>
Function* original(const char* name) {
    return reinterpret_cast<Function*>(dlsym(RTLD_NEXT, name));
}

bool isBelow(const char* path) {
    const std::size_t length = std::strlen(deviceFolder);
    return length > 0 && std::strncmp(path, deviceFolder, length) == 0 &&
           (path[length] == '/' || path[length] == '\0');
}

bool isBelow(int directory, const char* name) {
    if (deviceFolder[0] == '\0') return false;
    if (name != nullptr && name[0] == '/') return isBelow(name);
    char link[64];
    char path[PATH_MAX];
    if (directory == AT_FDCWD) {
        if (::getcwd(path, sizeof path) == nullptr) return false;
        return isBelow(path);
    }
    std::snprintf(link, sizeof link, "/proc/self/fd/%d", directory);
    const ssize_t size = ::readlink(link, path, sizeof path - 1);
    if (size <= 0) return false;
    path[size] = '\0';
    return isBelow(path);
}

enum class Verdict { Goes, Fails, Dies };

// needsSpace: fails on a full disk. half: what is done of a write before it breaks off.
template <class Half>
Verdict change(bool needsSpace, const Half& half) {
    const long number = ++changes;
    if (deviceDoes == DeviceDoes::Full && isFull && needsSpace) {
        errno = ENOSPC;
        return Verdict::Fails;
    }
    if (number != deviceAt) return Verdict::Goes;
    switch (deviceDoes) {
        case DeviceDoes::Nothing:
            return Verdict::Goes;
        case DeviceDoes::Kill:
            half();
            ::raise(SIGKILL);
            return Verdict::Dies;
        case DeviceDoes::Full:
            isFull = true;
            if (!needsSpace) return Verdict::Goes;
            half();
            break;
        case DeviceDoes::Fail:
            break;
    }
    errno = ENOSPC;
    return Verdict::Fails;
}

Verdict change(bool needsSpace) {
    return change(needsSpace, [] {});
}

struct FromEnvironment {
    FromEnvironment() {
        const char* folder = std::getenv("GRAFT_DEVICE_FOLDER");
        if (folder == nullptr) return;
        const char* at = std::getenv("GRAFT_DEVICE_AT");
        const char* what = std::getenv("GRAFT_DEVICE_DO");
        const std::string action = what != nullptr ? what : "";
        graft::test::setDevice(folder,
                               action == "fail"   ? DeviceDoes::Fail
                               : action == "full" ? DeviceDoes::Full
                               : action == "kill" ? DeviceDoes::Kill
                                                  : DeviceDoes::Nothing,
                               at != nullptr ? std::atol(at) : 0);
    }
    ~FromEnvironment() {
        const char* count = std::getenv("GRAFT_DEVICE_COUNT");
        if (count == nullptr) return;
        deviceFolder[0] = '\0';
        if (std::FILE* file = std::fopen(count, "w")) {
            std::fprintf(file, "%ld\n", changes.load());
            std::fclose(file);
        }
    }
} fromEnvironment;

}  // namespace

void graft::test::setDevice(const std::string& folder, DeviceDoes what, long at) {
    std::snprintf(deviceFolder, sizeof deviceFolder, "%s", folder.c_str());
    deviceDoes = what;
    deviceAt = at;
    changes = 0;
    isFull = false;
}

long graft::test::deviceChanges() {
    return changes;
}

extern "C" {

ssize_t write(int file, const void* bytes, size_t count) {
    static auto* const next = original<ssize_t(int, const void*, size_t)>("write");
    if (isBelow(file, nullptr) && change(true, [&] { next(file, bytes, count / 2); }) != Verdict::Goes)
        return -1;
    return next(file, bytes, count);
}

ssize_t writev(int file, const iovec* parts, int count) {
    static auto* const next = original<ssize_t(int, const iovec*, int)>("writev");
    const auto half = [&] {
        if (count > 0) [[maybe_unused]]
            const auto done = ::write(file, parts[0].iov_base, parts[0].iov_len / 2);
    };
    if (isBelow(file, nullptr) && change(true, half) != Verdict::Goes) return -1;
    return next(file, parts, count);
}

ssize_t pwrite64(int file, const void* bytes, size_t count, off64_t at) {
    static auto* const next = original<ssize_t(int, const void*, size_t, off64_t)>("pwrite64");
    if (isBelow(file, nullptr) && change(true, [&] { next(file, bytes, count / 2, at); }) != Verdict::Goes)
        return -1;
    return next(file, bytes, count, at);
}
ssize_t pwrite(int file, const void* bytes, size_t count, off_t at) {
    return pwrite64(file, bytes, count, at);
}

int fsync(int file) {
    static auto* const next = original<int(int)>("fsync");
    if (isBelow(file, nullptr) && change(true) != Verdict::Goes) return -1;
    return next(file);
}

int ftruncate64(int file, off64_t size) noexcept {
    static auto* const next = original<int(int, off64_t)>("ftruncate64");
    if (isBelow(file, nullptr) && change(false) != Verdict::Goes) return -1;
    return next(file, size);
}
int ftruncate(int file, off_t size) noexcept {
    return ftruncate64(file, size);
}

int rename(const char* from, const char* to) noexcept {
    static auto* const next = original<int(const char*, const char*)>("rename");
    if (isBelow(AT_FDCWD, to) && change(false) != Verdict::Goes) return -1;
    return next(from, to);
}

int unlink(const char* path) noexcept {
    static auto* const next = original<int(const char*)>("unlink");
    if (isBelow(AT_FDCWD, path) && change(false) != Verdict::Goes) return -1;
    return next(path);
}

int unlinkat(int directory, const char* path, int flags) noexcept {
    static auto* const next = original<int(int, const char*, int)>("unlinkat");
    if (isBelow(directory, path) && change(false) != Verdict::Goes) return -1;
    return next(directory, path, flags);
}

int remove(const char* path) noexcept {
    static auto* const next = original<int(const char*)>("remove");
    if (isBelow(AT_FDCWD, path) && change(false) != Verdict::Goes) return -1;
    return next(path);
}

int mkdir(const char* path, mode_t mode) noexcept {
    static auto* const next = original<int(const char*, mode_t)>("mkdir");
    struct stat there = {};
    // Asking for a folder that is there changes nothing.
    if (isBelow(AT_FDCWD, path) && ::stat(path, &there) != 0 && change(true) != Verdict::Goes) return -1;
    return next(path, mode);
}

int open64(const char* path, int flags, ...) {
    static auto* const next = original<int(const char*, int, ...)>("open64");
    mode_t mode = 0;
    if ((flags & (O_CREAT | O_TMPFILE)) != 0) {
        va_list rest;
        va_start(rest, flags);
        mode = static_cast<mode_t>(va_arg(rest, unsigned));
        va_end(rest);
    }
    struct stat there = {};
    if ((flags & O_CREAT) != 0 && isBelow(AT_FDCWD, path) && ::stat(path, &there) != 0 &&
        change(true) != Verdict::Goes)
        return -1;
    return next(path, flags, mode);
}
int open(const char* path, int flags, ...) {
    mode_t mode = 0;
    if ((flags & (O_CREAT | O_TMPFILE)) != 0) {
        va_list rest;
        va_start(rest, flags);
        mode = static_cast<mode_t>(va_arg(rest, unsigned));
        va_end(rest);
    }
    return open64(path, flags, mode);
}

}  // extern "C"
