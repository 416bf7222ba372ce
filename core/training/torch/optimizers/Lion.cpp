// SPDX-License-Identifier: GPL-3.0-or-later
// Lion: Chen et al., Symbolic discovery of optimization algorithms, 2023 (program 1), with the defaults of
// lion-pytorch and timm:
//     w = w - rate * (sign(beta1 * m + (1 - beta1) * g) + weight decay * w)
//     m = beta2 * m + (1 - beta2) * g
#include <torch/types.h>

#include "core/training/torch/Optimizers.h"
#include "core/training/torch/OwnOptimizer.h"

namespace graft::training::optimizers {

namespace {

class Lion final : public OwnOptimizer {
  public:
    Lion(const std::vector<ParameterGroup>& groups, const settings::OptimizerOptions& options)
        : OwnOptimizer(groups, {{"average"}}, options.learningRate, orItsOwn(options.beta1, 0.9),
                       options.weightDecay),
          m_beta2(orItsOwn(options.beta2, 0.99)) {}

  private:
    void move(at::Tensor& parameter, const at::Tensor& gradient, std::vector<at::Tensor>& buffers,
              const Step& step) override {
        at::Tensor& average = buffers[0];
        const at::Tensor direction = (average * step.momentum).add_(gradient, 1 - step.momentum).sign_();
        parameter.mul_(1 - step.rate * step.weightDecay).sub_(direction, step.rate);
        average.mul_(m_beta2).add_(gradient, 1 - m_beta2);
    }

    double m_beta2;
};

}  // namespace

std::unique_ptr<Optimizer> lion(const std::vector<ParameterGroup>& groups,
                                const settings::TrainConfig& config) {
    return std::make_unique<Lion>(groups, config.optimizer);
}

}  // namespace graft::training::optimizers
