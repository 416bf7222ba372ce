// SPDX-License-Identifier: GPL-3.0-or-later
// The ReLU at the end of SqueezeNet's own classifier. A class whose ReLU is closed at every position gets no
// gradient and never opens again, so the head trains without it: see training/detail/HeadOpening.h.
#pragma once

#include "core/backbones/torch/Layers.h"

namespace graft::backbones {

class OpenRelu : public Layer {
  public:
    at::Tensor forward(const at::Tensor& input) override {
        return m_open ? input : activate(Function::Relu, input);
    }
    // From then on everything passes.
    void open() { m_open = true; }

  private:
    bool m_open = false;
};

}  // namespace graft::backbones
