// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/weights/detail/PartFile.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <utility>

#include "core/base/detail/AtomicFile.h"

namespace graft::weights {

namespace {

namespace fs = std::filesystem;

constexpr int kAskAgainMs = 100;
constexpr std::size_t kLongestValidator = 256;

std::string validatorPath(const std::string& part) {
    return part + ".etag";
}

}  // namespace

Result<PartFile> PartFile::open(const std::string& target, runtime::RunControl& control) {
    const std::string folder = fs::path(target).parent_path().string();
    if (!folder.empty()) {
        if (auto made = base::makeFolder(folder); !made) return fail(made.error());
    }
    std::error_code ignored;
    if (fs::is_directory(target, ignored)) {
        return fail(ErrorCode::Unwritable,
                    GRAFT_TEXT("A folder of this name is in the way; move it elsewhere."), target);
    }
    const std::string path = target + ".part";
    while (true) {
        const int descriptor = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0644);
        if (descriptor < 0) return fail(writeError(errno, path, -1));
        PartFile part(descriptor, target);
        while (::flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
            if (errno == EINTR) continue;
            if (errno != EWOULDBLOCK) break;  // a file system without locks
            if (!control.checkpoint()) {
                return fail(ErrorCode::Cancelled,
                            GRAFT_TEXT("Stopped while another Graft was fetching this file."), target);
            }
            ::poll(nullptr, 0, kAskAgainMs);
        }
        // Who held the lock may have renamed or removed what was opened here.
        if (!part.isStillThere()) continue;
        part.m_mine = true;
        struct stat status = {};
        if (::fstat(descriptor, &status) != 0) return fail(writeError(errno, path, -1));
        part.m_size = status.st_size;
        return part;
    }
}

PartFile::PartFile(int descriptor, const std::string& target)
    : m_descriptor(descriptor), m_target(target), m_path(target + ".part") {}

PartFile::PartFile(PartFile&& other) noexcept
    : m_descriptor(std::exchange(other.m_descriptor, -1)),
      m_target(std::move(other.m_target)),
      m_path(std::move(other.m_path)),
      m_size(other.m_size),
      m_mine(other.m_mine) {}

PartFile::~PartFile() {
    if (m_descriptor < 0) return;
    if (m_mine && m_size == 0) {
        discard();
    } else {
        ::close(m_descriptor);
    }
}

bool PartFile::isStillThere() const {
    struct stat mine = {};
    struct stat there = {};
    return ::fstat(m_descriptor, &mine) == 0 && ::stat(m_path.c_str(), &there) == 0 &&
           mine.st_ino == there.st_ino && mine.st_dev == there.st_dev;
}

int PartFile::append(const void* bytes, std::size_t count) {
    const char* next = static_cast<const char*>(bytes);
    while (count > 0) {
        const ssize_t written = ::pwrite(m_descriptor, next, count, m_size);
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) return written < 0 ? errno : ENOSPC;
        next += written;
        count -= static_cast<std::size_t>(written);
        m_size += written;
    }
    return 0;
}

int PartFile::clear() {
    setValidator({});
    if (::ftruncate(m_descriptor, 0) != 0) return errno;
    m_size = 0;
    return 0;
}

std::string PartFile::validator() const {
    std::ifstream file(validatorPath(m_path), std::ios::binary);
    std::string text;
    std::getline(file, text);
    return text.size() <= kLongestValidator ? text : std::string();
}

void PartFile::setValidator(const std::string& validator) {
    // Losing it costs no more than a download from the start.
    if (validator.empty() || validator.size() > kLongestValidator) {
        std::remove(validatorPath(m_path).c_str());
    } else {
        std::ofstream(validatorPath(m_path), std::ios::binary | std::ios::trunc) << validator << '\n';
    }
}

Result<void> PartFile::commit() {
    setValidator({});
    auto committed = base::commitFile(m_path, m_target);
    ::close(std::exchange(m_descriptor, -1));
    return committed;
}

void PartFile::discard() {
    // Whoever removed the part may have made room for somebody else's.
    if (m_descriptor >= 0 && isStillThere()) {
        setValidator({});
        std::remove(m_path.c_str());
    }
    if (m_descriptor >= 0) ::close(std::exchange(m_descriptor, -1));
}

std::string megabytesText(std::int64_t bytes) {
    const auto count = static_cast<double>(bytes);
    if (bytes < 1000) return fmt::format("{} bytes", bytes);
    if (bytes < 1'000'000) return fmt::format("{:.1f} kB", count / 1e3);
    return fmt::format("{:.1f} MB", count / 1e6);
}

Error writeError(int number, const std::string& path, std::int64_t needed) {
    if (number == ENOSPC || number == EDQUOT || number == EFBIG) {
        const Message why = number == ENOSPC   ? GRAFT_TEXT("The disk is full")
                            : number == EDQUOT ? GRAFT_TEXT("Your share of the disk is full")
                                               : GRAFT_TEXT("The file is larger than this account may write");
        std::error_code error;
        const fs::space_info space = fs::space(fs::path(path).parent_path(), error);
        const bool isKnown = !error && number == ENOSPC;
        const std::string free = isKnown ? megabytesText(static_cast<std::int64_t>(space.available)) : "";
        const std::string more = needed >= 0 ? megabytesText(needed) : "";
        const char* sentence = GRAFT_TEXT("{1}. Make room and try again.");
        if (needed >= 0) sentence = GRAFT_TEXT("{1}: {2} more are needed. Make room and try again.");
        if (isKnown) sentence = GRAFT_TEXT("{1}: {3} are free. Make room and try again.");
        if (isKnown && needed >= 0)
            sentence = GRAFT_TEXT("{1}: {2} more are needed, {3} are free. Make room and try again.");
        return {ErrorCode::Unwritable, {sentence, why, more, free}, path};
    }
    return {
        ErrorCode::Unwritable, {GRAFT_TEXT("The file cannot be written: {1}."), std::strerror(number)}, path};
}

}  // namespace graft::weights
