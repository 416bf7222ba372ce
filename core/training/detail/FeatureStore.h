// SPDX-License-Identifier: GPL-3.0-or-later
// One file of rows of bytes, each under a key; rows are only ever added. Several processes may use one file
// at once, and any of them may be killed at any moment: a row counts from when all of it is in the file.
//
//     header (64 bytes): magic, row size, checksum
//     records: key (16 bytes), CRC-32 of the row (4), zero (4), row
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>

#include "core/base/Result.h"

namespace graft::training {

using RowKey = std::array<std::uint8_t, 16>;

class FeatureStore {
  public:
    // Opens the file or makes it; one that is damaged or has other rows is begun anew. Errors: Unwritable.
    static Result<std::unique_ptr<FeatureStore>> open(const std::string& file, std::size_t rowBytes);
    ~FeatureStore();
    FeatureStore(const FeatureStore&) = delete;
    FeatureStore& operator=(const FeatureStore&) = delete;

    std::size_t rowBytes() const { return m_rowBytes; }
    std::size_t size() const { return m_records.size(); }
    bool contains(const RowKey& key) const { return m_records.contains(key); }

    // False: not there, or damaged or cut off (and then forgotten).
    bool read(const RowKey& key, std::span<std::uint8_t> row);

    // keys.size() rows one behind the other. On failure the file is as before. Errors: Unwritable (a full
    // disk).
    Result<void> append(std::span<const RowKey> keys, std::span<const std::uint8_t> rows);

  private:
    FeatureStore(int file, std::string path, std::size_t rowBytes);
    std::size_t recordBytes() const;
    std::uint64_t recordsIn(std::uint64_t fileBytes) const;  // whole ones
    Result<void> prepareHeader();
    void takeIn(std::uint64_t fileBytes);  // the records that are new

    int m_file;
    std::string m_path;
    std::size_t m_rowBytes;
    std::uint64_t m_known = 0;  // records taken in
    std::map<RowKey, std::uint64_t> m_records;
};

}  // namespace graft::training
