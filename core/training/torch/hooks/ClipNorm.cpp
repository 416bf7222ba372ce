// SPDX-License-Identifier: GPL-3.0-or-later
// Gradient clipping by norm, as torch.nn.utils.clip_grad_norm_ (Pascanu, Mikolov, Bengio, On the difficulty
// of training recurrent neural networks, 2013): where the Euclidean norm of all gradients together is above
// the limit, they are scaled by limit / (norm + 1e-6). On a GPU nothing waits for it.
#include <torch/types.h>

#include "core/settings/Field.h"
#include "core/training/torch/Hook.h"

namespace graft::training::hooks {

namespace {

class ClipNorm : public Hook {
  public:
    ClipNorm(const HookContext& context, double limit) : m_limit(limit) {
        for (const auto& [name, parameter] : context.network.trainableParameters())
            m_parameters.push_back(parameter);
    }

    void beforeStep() override {
        std::vector<at::Tensor> norms;
        for (const at::Tensor& parameter : m_parameters) {
            if (parameter.grad().defined()) norms.push_back(parameter.grad().norm());
        }
        if (norms.empty()) return;
        constexpr double kEpsilon = 1e-6;
        const at::Tensor factor = (m_limit / (at::stack(norms).norm() + kEpsilon)).clamp_max(1);
        for (const at::Tensor& parameter : m_parameters) {
            if (parameter.grad().defined()) parameter.mutable_grad().mul_(factor);
        }
    }

  private:
    std::vector<at::Tensor> m_parameters;
    double m_limit;
};

}  // namespace

std::unique_ptr<Hook> clipNorm(const HookContext& context) {
    const double limit = settings::ownValue(context.config, "clip_norm", 0.0);
    return limit > 0 ? std::make_unique<ClipNorm>(context, limit) : nullptr;
}

}  // namespace graft::training::hooks
