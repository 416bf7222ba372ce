// SPDX-License-Identifier: GPL-3.0-or-later
// While one lives, the batch norms that this thread runs tell it how many numbers a channel has. Of a single
// number, which is what one picture gives where its map is 1 x 1, there is no variance to train on.
#pragma once

#include <cstdint>

namespace graft::backbones {

class NormWatch {
  public:
    NormWatch();
    ~NormWatch();
    NormWatch(const NormWatch&) = delete;
    NormWatch& operator=(const NormWatch&) = delete;

    static void saw(std::int64_t numbersPerChannel);
    // The fewest since the last call; 0: no batch norm has run.
    std::int64_t takeFewest();

  private:
    NormWatch* m_previous;
    std::int64_t m_fewest = 0;
};

}  // namespace graft::backbones
