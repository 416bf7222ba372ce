// SPDX-License-Identifier: GPL-3.0-or-later
// Dynamic loss scaling, which float16 needs: small gradients would become zero in it. The loss is multiplied
// by a scale that halves when a gradient overflows, and doubles after 2000 steps without that.
// Micikevicius et al., Mixed Precision Training, 2018; the constants are those of PyTorch's GradScaler.
#pragma once

#include <ATen/core/Tensor.h>

#include <vector>

#include "core/training/detail/RunProgress.h"

namespace graft::training {

class GradScaler {
  public:
    explicit GradScaler(LossScale state = {}) : m_state(state) {}

    double scale() const { return m_state.scale; }
    LossScale state() const { return m_state; }

    // Divides the gradients by the scale and adjusts it. False: one is not finite, and the step must be left
    // out.
    bool unscale(const std::vector<at::Tensor>& parameters);

  private:
    LossScale m_state;
};

}  // namespace graft::training
