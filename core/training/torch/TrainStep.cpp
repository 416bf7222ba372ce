// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/training/torch/TrainStep.h"

#include <torch/types.h>
#include <torch/utils.h>

#include <cmath>

#include "core/backbones/torch/OutputTensors.h"

namespace graft::training {

void TrainStep::begin() {
    m_optimizer.zeroGradients();
    m_shares = 0;
    m_weight.reset();
    m_finite = true;
}

void TrainStep::add(const at::Tensor& images, const Target& target, double share) {
    const at::Tensor given = m_forward(images);
    const at::Tensor loss = m_loss(given, target);
    const double factor = share * (m_scale != nullptr ? m_scale->scale : 1);
    // A step of one batch is divided by the right thing as it is.
    const at::Tensor weight = share < 1 ? m_loss.weight(target) : at::Tensor();
    if (weight.defined()) {
        (loss * (weight * factor)).backward();
        m_weight = m_weight.defined() ? m_weight + weight * share : weight * share;
    } else {
        (factor == 1 ? loss : loss * factor).backward();
    }
    m_shares += share;
    // A GPU would have to be waited for.
    if (loss.is_cpu()) m_finite = m_finite && std::isfinite(loss.item<float>());

    const torch::NoGradGuard noGradients;
    const std::int64_t count = target.labels.size(0);
    const at::Tensor right = backbones::decidedClasses(given, m_outputs).eq(target.mostly()).sum();
    const at::Tensor sums =
        at::stack({loss.to(torch::kDouble) * static_cast<double>(count), right.to(torch::kDouble)});
    m_sums = m_sums.defined() ? m_sums + sums : sums;
    m_images += static_cast<std::size_t>(count);
}

void TrainStep::finish() {
    if (m_shares == 0 || !m_finite) return;
    const std::vector<at::Tensor>& parameters = m_optimizer.parameters();
    constexpr double kRounding = 1e-9;
    if (m_weight.defined() || m_shares < 1 - kRounding) {
        const torch::NoGradGuard noGradients;
        const at::Tensor whole = m_weight.defined() ? 1 / m_weight : at::scalar_tensor(1 / m_shares);
        for (const at::Tensor& parameter : parameters) {
            if (parameter.grad().defined()) parameter.mutable_grad().mul_(whole);
        }
    }
    if (m_scale != nullptr) {
        GradScaler scaler(*m_scale);
        const bool finite = scaler.unscale(parameters);
        *m_scale = scaler.state();
        if (!finite) return;
    }
    const torch::NoGradGuard noGradients;
    for (const auto& hook : m_hooks)
        hook->beforeStep();
    m_optimizer.step();
    for (const auto& hook : m_hooks)
        hook->afterStep();
    m_moved = true;
}

TrainStep::Sums TrainStep::takeSums() {
    if (!m_sums.defined()) return {};
    const at::Tensor sums = m_sums.to(torch::kCPU);
    const Sums taken{sums[0].item<double>(), static_cast<std::size_t>(sums[1].item<double>()), m_images};
    m_sums.reset();
    m_images = 0;
    return taken;
}

}  // namespace graft::training
