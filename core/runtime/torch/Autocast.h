// SPDX-License-Identifier: GPL-3.0-or-later
// Mixed precision: while one of these lives, this thread's convolutions and matrix products run in a smaller
// number type, and what needs the range of float32 (softmax, losses, norms) stays in it. The weights stay
// float32. Their casts are not kept: a pass needs each once, and what LibTorch keeps is shared by all
// threads.
#pragma once

#include <c10/core/Device.h>
#include <c10/core/ScalarType.h>

#include <optional>

namespace graft::runtime {

class Autocast {
  public:
    // Without a type it does nothing. Backward passes belong outside.
    Autocast(c10::Device device, std::optional<c10::ScalarType> type);
    ~Autocast();
    Autocast(const Autocast&) = delete;
    Autocast& operator=(const Autocast&) = delete;

  private:
    bool m_active = false;
    bool m_cuda = false;
    bool m_wasEnabled = false;
    bool m_cached = false;
    c10::ScalarType m_typeBefore = c10::ScalarType::Undefined;
};

}  // namespace graft::runtime
