// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/training/torch/GradScaler.h"

#include <torch/types.h>
#include <torch/utils.h>

namespace graft::training {

namespace {
constexpr int kGrowthInterval = 2000;  // steps
}

bool GradScaler::unscale(const std::vector<at::Tensor>& parameters) {
    const torch::NoGradGuard noGradients;
    // One answer for all of them: asking each would wait for the GPU as often.
    at::Tensor finite;
    for (const at::Tensor& parameter : parameters) {
        if (!parameter.grad().defined()) continue;
        parameter.mutable_grad().mul_(1 / m_state.scale);
        const at::Tensor good = at::isfinite(parameter.grad()).all();
        finite = finite.defined() ? finite.logical_and(good) : good;
    }
    if (finite.defined() && !finite.item<bool>()) {
        m_state = {m_state.scale / 2, 0};
        return false;
    }
    if (++m_state.stepsWithoutOverflow == kGrowthInterval) m_state = {m_state.scale * 2, 0};
    return true;
}

}  // namespace graft::training
