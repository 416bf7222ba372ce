// SPDX-License-Identifier: GPL-3.0-or-later
// LAMB: You et al., Large batch optimization for deep learning: training BERT in 76 minutes, 2019 (algorithm
// 2), with the choices and defaults of timm's Lamb. Over all gradients G together:
//     g = G / max(1, |G|)
//     m = beta1 * m + (1 - beta1) * g
//     v = beta2 * v + (1 - beta2) * g^2
//     u = (m / (1 - beta1^t)) / (sqrt(v / (1 - beta2^t)) + epsilon) + weight decay * w
//     w = w - rate * (|w| / |u|) * u
// with a factor of 1 instead of |w| / |u| where either is 0, and for what has no weight decay, unless every
// layer is to be adapted.
#include <torch/types.h>

#include <cmath>

#include "core/settings/Field.h"
#include "core/training/torch/Optimizers.h"
#include "core/training/torch/OwnOptimizer.h"

namespace graft::training::optimizers {

namespace {

class Lamb final : public OwnOptimizer {
  public:
    Lamb(const std::vector<ParameterGroup>& groups, const settings::TrainConfig& config)
        : OwnOptimizer(groups, {{"average"}, {"square_average"}}, config.optimizer.learningRate,
                       orItsOwn(config.optimizer.beta1, 0.9), config.optimizer.weightDecay),
          m_beta2(orItsOwn(config.optimizer.beta2, 0.999)),
          m_epsilon(orItsOwn(config.optimizer.epsilon, 1e-6)),
          m_alwaysAdapts(settings::ownValue(config, "optimizer.always_adapt", false)) {}

  private:
    void prepare() override {
        std::vector<at::Tensor> norms;
        for (const at::Tensor& parameter : parameters()) {
            if (parameter.grad().defined()) norms.push_back(parameter.grad().norm());
        }
        if (!norms.empty()) m_divisor = at::stack(norms).norm().clamp_min(1);
    }

    void move(at::Tensor& parameter, const at::Tensor& gradient, std::vector<at::Tensor>& buffers,
              const Step& step) override {
        const at::Tensor clipped = gradient / m_divisor;
        at::Tensor& average = buffers[0];
        at::Tensor& square = buffers[1];
        average.mul_(step.momentum).add_(clipped, 1 - step.momentum);
        square.mul_(m_beta2).addcmul_(clipped, clipped, 1 - m_beta2);
        const auto t = static_cast<double>(step.number);
        const at::Tensor deviation = (square / (1 - std::pow(m_beta2, t))).sqrt_().add_(m_epsilon);
        at::Tensor update = (average / (1 - std::pow(step.momentum, t))).div_(deviation);
        if (step.weightDecay != 0) update.add_(parameter, step.weightDecay);
        if (step.weightDecay != 0 || m_alwaysAdapts) update.mul_(trust(parameter.norm(), update.norm()));
        parameter.sub_(update, step.rate);
    }

    // Asks no device for a number.
    static at::Tensor trust(const at::Tensor& weight, const at::Tensor& update) {
        const at::Tensor isUsable = weight.gt(0).logical_and(update.gt(0));
        return at::where(isUsable, weight / update, at::ones_like(weight));
    }

    double m_beta2;
    double m_epsilon;
    bool m_alwaysAdapts;
    at::Tensor m_divisor;  // of this step's gradients
};

}  // namespace

std::unique_ptr<Optimizer> lamb(const std::vector<ParameterGroup>& groups,
                                const settings::TrainConfig& config) {
    return std::make_unique<Lamb>(groups, config);
}

}  // namespace graft::training::optimizers
