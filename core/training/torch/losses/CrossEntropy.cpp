// SPDX-License-Identifier: GPL-3.0-or-later
// torch.nn.CrossEntropyLoss with its weight and its label_smoothing (Szegedy et al., Rethinking the Inception
// Architecture, 2015, section 7). With weights it divides by the weights of the batch's labels, as there.
#include <torch/types.h>

#include "core/settings/Field.h"
#include "core/training/torch/Loss.h"

namespace graft::training::losses {

namespace {

class CrossEntropy : public Loss {
  public:
    explicit CrossEntropy(const LossContext& context)
        : m_weights(context.classWeights),
          m_smoothing(settings::ownValue(context.config, "loss.label_smoothing", 0.0)) {}

  protected:
    at::Tensor mean(const at::Tensor& given, const at::Tensor& labels) const override {
        constexpr std::int64_t kIgnored = -100;  // PyTorch's own: no label of ours
        return at::cross_entropy_loss(given, labels, m_weights, at::Reduction::Mean, kIgnored, m_smoothing);
    }

    at::Tensor meanWeight(const at::Tensor& labels) const override {
        return m_weights.defined() ? m_weights.index_select(0, labels).mean() : at::Tensor();
    }

  private:
    at::Tensor m_weights;
    double m_smoothing;
};

}  // namespace

LossMaker crossEntropy() {
    return {[](const LossContext& context) -> std::unique_ptr<Loss> {
        return std::make_unique<CrossEntropy>(context);
    }};
}

}  // namespace graft::training::losses
