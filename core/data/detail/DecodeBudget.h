// SPDX-License-Identifier: GPL-3.0-or-later
// Bounds the memory of pictures that are decoded at once in several threads: large ones wait for each other.
#pragma once

#include <cstddef>

namespace graft::data {

// So many bytes of decoded pictures are held at once; a single picture may take more, alone.
constexpr std::size_t kDecodeBudget = std::size_t{512} << 20;

// Lives as long as the picture that is decoded in it.
class DecodeScope {
  public:
    DecodeScope();
    ~DecodeScope();
    DecodeScope(const DecodeScope&) = delete;
    DecodeScope& operator=(const DecodeScope&) = delete;

    // Waits until the bytes may be taken, in this thread's scope; called before a picture's memory is taken.
    // Without a scope, and for small pictures, it does nothing. A scope waits once: what is added to it later
    // is counted only.
    static void reserve(std::size_t bytes);

  private:
    std::size_t m_bytes = 0;
    DecodeScope* m_outer;
};

}  // namespace graft::data
