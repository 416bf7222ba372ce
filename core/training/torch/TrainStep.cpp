// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/training/torch/TrainStep.h"

#include <torch/nn/functional/loss.h>
#include <torch/utils.h>

#include <cmath>

namespace graft::training {

void TrainStep::begin() {
    m_optimizer.zero_grad();
    m_shares = 0;
    m_finite = true;
}

void TrainStep::add(const at::Tensor& images, const at::Tensor& labels, double share) {
    const at::Tensor logits = m_forward(images);
    const at::Tensor loss = at::cross_entropy_loss(logits, labels);
    const double factor = share * (m_scale != nullptr ? m_scale->scale : 1);
    (factor == 1 ? loss : loss * factor).backward();
    m_shares += share;
    // A GPU would have to be waited for.
    if (loss.is_cpu()) m_finite = m_finite && std::isfinite(loss.item<float>());

    const torch::NoGradGuard noGradients;
    const at::Tensor right = logits.argmax(1).eq(labels).sum();
    const at::Tensor sums =
        at::stack({loss.to(torch::kDouble) * static_cast<double>(labels.size(0)), right.to(torch::kDouble)});
    m_sums = m_sums.defined() ? m_sums + sums : sums;
    m_images += static_cast<std::size_t>(labels.size(0));
}

void TrainStep::finish() {
    if (m_shares == 0 || !m_finite) return;
    std::vector<at::Tensor> parameters;
    for (const auto& group : m_optimizer.param_groups())
        parameters.insert(parameters.end(), group.params().begin(), group.params().end());
    constexpr double kRounding = 1e-9;
    if (m_shares < 1 - kRounding) {
        const torch::NoGradGuard noGradients;
        for (const at::Tensor& parameter : parameters) {
            if (parameter.grad().defined()) parameter.mutable_grad().mul_(1 / m_shares);
        }
    }
    if (m_scale != nullptr) {
        GradScaler scaler(*m_scale);
        const bool finite = scaler.unscale(parameters);
        *m_scale = scaler.state();
        if (!finite) return;
    }
    m_optimizer.step();
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
