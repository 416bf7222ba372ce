// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "core/base/Result.h"

namespace graft::base {

// SHA-256 in lower-case hex.
std::string sha256Hex(std::span<const std::uint8_t> bytes);

// BLAKE2b of pieces one after another: for keys of our own, twice as fast as SHA-256.
class Hasher {
  public:
    Hasher();
    ~Hasher();
    Hasher(const Hasher&) = delete;
    Hasher& operator=(const Hasher&) = delete;
    void add(std::span<const std::uint8_t> bytes);
    void add(const std::string& text);
    std::string hex();  // of 32 bytes; ends the hash

  private:
    void* m_context;
};

// The same of a file, read piece by piece. Errors: Unreadable.
Result<std::string> sha256OfFile(const std::string& path);

}  // namespace graft::base
