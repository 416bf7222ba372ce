// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/training/detail/FeatureStore.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <vector>

#include "core/base/detail/AtomicFile.h"

namespace graft::training {

namespace {

constexpr std::size_t kHeaderBytes = 64;
constexpr char kMagic[16] = "GraftFeatures1";
constexpr std::size_t kRecordHeader = 24;

std::uint32_t checksum(std::span<const std::uint8_t> bytes) {
    return static_cast<std::uint32_t>(crc32_z(0, bytes.data(), bytes.size()));
}

std::array<std::uint8_t, kHeaderBytes> headerFor(std::uint64_t rowBytes) {
    std::array<std::uint8_t, kHeaderBytes> header{};
    std::memcpy(header.data(), kMagic, sizeof kMagic);
    std::memcpy(header.data() + 16, &rowBytes, sizeof rowBytes);
    const std::uint32_t sum = checksum(std::span(header).first(24));
    std::memcpy(header.data() + 24, &sum, sizeof sum);
    return header;
}

// Held while a file's end is moved.
class FileLock {
  public:
    explicit FileLock(int file) : m_file(file) {
        while (flock(m_file, LOCK_EX) != 0 && errno == EINTR) {
        }
    }
    ~FileLock() { flock(m_file, LOCK_UN); }
    FileLock(const FileLock&) = delete;
    FileLock& operator=(const FileLock&) = delete;

  private:
    int m_file;
};

std::uint64_t sizeOf(int file) {
    struct stat status {};
    return fstat(file, &status) == 0 ? static_cast<std::uint64_t>(status.st_size) : 0;
}

bool writeAll(int file, std::span<const std::uint8_t> bytes, std::uint64_t at) {
    while (!bytes.empty()) {
        const ssize_t written = pwrite(file, bytes.data(), bytes.size(), static_cast<off_t>(at));
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) return false;
        bytes = bytes.subspan(static_cast<std::size_t>(written));
        at += static_cast<std::uint64_t>(written);
    }
    return true;
}

// False where the file ends before all of it.
bool readAll(int file, std::span<std::uint8_t> bytes, std::uint64_t at) {
    while (!bytes.empty()) {
        const ssize_t got = pread(file, bytes.data(), bytes.size(), static_cast<off_t>(at));
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) return false;
        bytes = bytes.subspan(static_cast<std::size_t>(got));
        at += static_cast<std::uint64_t>(got);
    }
    return true;
}

tl::unexpected<Error> unwritable(const std::string& path) {
    return fail(ErrorCode::Unwritable,
                {GRAFT_TEXT("The feature cache cannot be written: {1}."), std::strerror(errno)}, path);
}

}  // namespace

FeatureStore::FeatureStore(int file, std::string path, std::size_t rowBytes)
    : m_file(file), m_path(std::move(path)), m_rowBytes(rowBytes) {}

FeatureStore::~FeatureStore() {
    close(m_file);
}

std::size_t FeatureStore::recordBytes() const {
    return kRecordHeader + (m_rowBytes + 7) / 8 * 8;
}

std::uint64_t FeatureStore::recordsIn(std::uint64_t fileBytes) const {
    return fileBytes < kHeaderBytes ? 0 : (fileBytes - kHeaderBytes) / recordBytes();
}

Result<std::unique_ptr<FeatureStore>> FeatureStore::open(const std::string& file, std::size_t rowBytes) {
    const int descriptor = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
    if (descriptor < 0) return unwritable(file);
    std::unique_ptr<FeatureStore> store(new FeatureStore(descriptor, file, rowBytes));
    if (const auto ready = store->prepareHeader(); !ready) return fail(ready.error());
    return store;
}

Result<void> FeatureStore::prepareHeader() {
    const auto wanted = headerFor(m_rowBytes);
    std::array<std::uint8_t, kHeaderBytes> found{};
    {
        const FileLock lock(m_file);
        if (pread(m_file, found.data(), found.size(), 0) != kHeaderBytes && !writeAll(m_file, wanted, 0))
            return unwritable(m_path);
        // A process that was killed while it wrote left part of a record at the end.
        if (pread(m_file, found.data(), found.size(), 0) == kHeaderBytes && found == wanted) {
            const std::uint64_t whole = kHeaderBytes + recordsIn(sizeOf(m_file)) * recordBytes();
            if (whole != sizeOf(m_file) && ftruncate(m_file, static_cast<off_t>(whole)) != 0)
                return unwritable(m_path);
            takeIn(whole);
            return {};
        }
    }
    // Another process may have the strange file open: it keeps it, under no name.
    auto aside = base::AsideFile::create(m_path);
    if (!aside) return fail(aside.error());
    const int fresh = ::open(aside->name().c_str(), O_RDWR | O_CLOEXEC);
    if (fresh < 0) return unwritable(m_path);
    close(m_file);
    m_file = fresh;
    if (!writeAll(m_file, wanted, 0)) return unwritable(m_path);
    return aside->commit();
}

void FeatureStore::takeIn(std::uint64_t fileBytes) {
    const std::uint64_t records = recordsIn(fileBytes);
    if (records < m_known) {  // somebody has cut the file
        m_records.clear();
        m_known = 0;
    }
    RowKey key;
    for (; m_known < records; ++m_known) {
        if (!readAll(m_file, key, kHeaderBytes + m_known * recordBytes())) return;
        m_records[key] = m_known;
    }
}

// Not by way of a memory map: where the file is cut from outside, or its disk fails, a map ends the program.
bool FeatureStore::read(const RowKey& key, std::span<std::uint8_t> row) {
    const auto found = m_records.find(key);
    if (found == m_records.end()) return false;
    std::array<std::uint8_t, kRecordHeader> header{};
    const std::uint64_t at = kHeaderBytes + found->second * recordBytes();
    if (readAll(m_file, header, at) && readAll(m_file, row.first(m_rowBytes), at + kRecordHeader)) {
        std::uint32_t sum = 0;
        std::memcpy(&sum, header.data() + key.size(), sizeof sum);
        if (std::equal(key.begin(), key.end(), header.begin()) && checksum(row.first(m_rowBytes)) == sum)
            return true;
    }
    m_records.erase(found);
    return false;
}

Result<void> FeatureStore::append(std::span<const RowKey> keys, std::span<const std::uint8_t> rows) {
    std::vector<std::uint8_t> records(keys.size() * recordBytes(), 0);
    for (std::size_t i = 0; i < keys.size(); ++i) {
        const auto row = rows.subspan(i * m_rowBytes, m_rowBytes);
        std::uint8_t* record = records.data() + i * recordBytes();
        const std::uint32_t sum = checksum(row);
        std::memcpy(record, keys[i].data(), keys[i].size());
        std::memcpy(record + 16, &sum, sizeof sum);
        std::memcpy(record + kRecordHeader, row.data(), row.size());
    }
    const FileLock lock(m_file);
    const std::uint64_t end =
        kHeaderBytes + recordsIn(sizeOf(m_file)) * recordBytes();  // over a killed process's leavings
    if (!writeAll(m_file, records, end)) {
        const auto failed = unwritable(m_path);
        if (ftruncate(m_file, static_cast<off_t>(end)) != 0) m_records.clear();
        return failed;
    }
    takeIn(end + records.size());
    return {};
}

}  // namespace graft::training
