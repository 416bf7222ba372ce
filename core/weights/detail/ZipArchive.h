// SPDX-License-Identifier: GPL-3.0-or-later
// The entries of a zip archive as PyTorch writes them: uncompressed, unencrypted, each name once, together no
// larger than the file.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "core/base/Message.h"

struct zip;

namespace graft::weights {

class ZipArchive {
  public:
    explicit ZipArchive(const std::string& path);

    bool isOpen() const { return m_archive != nullptr; }
    const std::map<std::string, std::uint64_t>& entries() const { return m_entries; }
    const std::string& repeatedName() const { return m_repeated; }  // empty if every name stands once

    // The entry's bytes, its checksum compared; or what is wrong with it, in words.
    template <class Byte>
    tl::expected<std::vector<Byte>, Message> read(const std::string& entry) {
        static_assert(sizeof(Byte) == 1);
        std::vector<Byte> bytes;
        Message problem = read(entry, [&](std::size_t size) {
            bytes.resize(size);
            return static_cast<void*>(bytes.data());
        });
        if (!problem.empty()) return tl::unexpected(std::move(problem));
        return bytes;
    }

  private:
    template <class MakeRoom>
    Message read(const std::string& entry, MakeRoom makeRoom) {
        std::uint64_t size = 0;
        Message problem = check(entry, size);
        if (problem.empty()) problem = readInto(entry, makeRoom(size), size);
        return problem;
    }
    Message check(const std::string& entry, std::uint64_t& size);
    Message readInto(const std::string& entry, void* target, std::uint64_t size);

    std::unique_ptr<struct zip, void (*)(struct zip*)> m_archive;
    std::map<std::string, std::uint64_t> m_entries;
    std::string m_repeated;
    std::uint64_t m_fileBytes = 0;
    std::uint64_t m_bytesRead = 0;
};

}  // namespace graft::weights
