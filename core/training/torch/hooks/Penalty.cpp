// SPDX-License-Identifier: GPL-3.0-or-later
// L1 and L2 on the head's weight matrices, not on its biases: l1 * sum |w| + l2 * sum w^2 of each is a part
// of the loss, as Keras' kernel_regularizer=L1L2(l1, l2) on the Dense layers. What it adds to the gradient is
// known, sign(w) l1 + 2 l2 w, and is added here, once a step. The loss that is shown has no part of it.
#include <torch/types.h>

#include "core/settings/Field.h"
#include "core/training/torch/Hook.h"

namespace graft::training::hooks {

namespace {

class Penalty : public Hook {
  public:
    Penalty(const HookContext& context, double l1, double l2) : m_l1(l1), m_l2(l2) {
        for (const at::Tensor& parameter : context.network.head().parameters()) {
            if (parameter.dim() > 1) m_weights.push_back(parameter);
        }
    }

    void beforeStep() override {
        for (const at::Tensor& weight : m_weights) {
            if (!weight.grad().defined()) continue;
            if (m_l1 > 0) weight.mutable_grad().add_(weight.sign(), m_l1);
            if (m_l2 > 0) weight.mutable_grad().add_(weight, 2 * m_l2);
        }
    }

  private:
    std::vector<at::Tensor> m_weights;
    double m_l1;
    double m_l2;
};

}  // namespace

std::unique_ptr<Hook> penalty(const HookContext& context) {
    const double l1 = settings::ownValue(context.config, "loss.l1", 0.0);
    const double l2 = settings::ownValue(context.config, "loss.l2", 0.0);
    if (l1 == 0 && l2 == 0) return nullptr;
    return std::make_unique<Penalty>(context, l1, l2);
}

}  // namespace graft::training::hooks
