// SPDX-License-Identifier: GPL-3.0-or-later
// Focal loss for classes that exclude each other: the mean of w_y (1 - p_y)^gamma * -log p_y, where p_y is
// the softmax probability of the right class (Lin et al., Focal Loss for Dense Object Detection, 2017,
// equations 4 and 5; their alpha is the class weight w_y).
#include <torch/types.h>

#include "core/settings/Field.h"
#include "core/training/torch/Loss.h"

namespace graft::training::losses {

namespace {

class Focal : public Loss {
  public:
    explicit Focal(const LossContext& context)
        : m_weights(context.classWeights), m_gamma(settings::ownValue(context.config, "loss.gamma", 2.0)) {}

  protected:
    at::Tensor mean(const at::Tensor& given, const at::Tensor& labels) const override {
        const at::Tensor logs = at::log_softmax(given, 1).gather(1, labels.unsqueeze(1)).squeeze(1);
        at::Tensor losses = -logs;
        // 1 - p from its logarithm: exact where p is almost 1. A power below 1 has no gradient at 0.
        if (m_gamma > 0) losses = (-at::expm1(logs)).clamp_min(kSmallest).pow(m_gamma) * losses;
        if (m_weights.defined()) losses = losses * m_weights.index_select(0, labels);
        return losses.mean();
    }

  private:
    static constexpr double kSmallest = 1e-30;
    at::Tensor m_weights;
    double m_gamma;
};

}  // namespace

LossMaker focal() {
    return {
        [](const LossContext& context) -> std::unique_ptr<Loss> { return std::make_unique<Focal>(context); }};
}

}  // namespace graft::training::losses
