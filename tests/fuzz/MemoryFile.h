// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <sys/mman.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <span>
#include <string>

namespace graft::fuzz {

// A file that lies in memory alone, for readers that take a path.
class MemoryFile {
  public:
    explicit MemoryFile(std::span<const std::uint8_t> bytes) : m_descriptor(memfd_create("graft-fuzz", 0)) {
        if (m_descriptor < 0) std::abort();
        while (!bytes.empty()) {
            const auto written = write(m_descriptor, bytes.data(), bytes.size());
            if (written <= 0) std::abort();
            bytes = bytes.subspan(static_cast<std::size_t>(written));
        }
    }
    ~MemoryFile() { close(m_descriptor); }
    MemoryFile(const MemoryFile&) = delete;
    MemoryFile& operator=(const MemoryFile&) = delete;
    std::string path() const { return "/proc/self/fd/" + std::to_string(m_descriptor); }

  private:
    int m_descriptor;
};

}  // namespace graft::fuzz
