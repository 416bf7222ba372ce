// SPDX-License-Identifier: GPL-3.0-or-later
// torch.nn.CrossEntropyLoss with its weight and its label_smoothing (Szegedy et al., Rethinking the Inception
// Architecture, 2015, section 7). With weights it divides by the weights of the batch's labels, as there.
// PyTorch's own smoothing makes the loss twice and adds; here it is one product, which kept features notice.
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
        if (m_smoothing == 0) return at::cross_entropy_loss(given, labels, m_weights);
        return at::dot(at::log_softmax(given, 1).reshape(-1), smoothed(given, labels).reshape(-1));
    }

    at::Tensor meanWeight(const at::Tensor& labels) const override {
        return m_weights.defined() ? m_weights.index_select(0, labels).mean() : at::Tensor();
    }

  private:
    // What each logarithm counts, N x C: -1/N times w_c s/C, and w_c (1 - s) more for the label.
    at::Tensor smoothed(const at::Tensor& given, const at::Tensor& labels) const {
        const double other = m_smoothing / static_cast<double>(given.size(1));
        const at::Tensor counts = at::full_like(given, other);
        counts.scatter_(1, labels.unsqueeze(1), 1 - m_smoothing + other);
        if (!m_weights.defined()) return counts.mul_(-1.0 / static_cast<double>(given.size(0)));
        return counts.mul_(m_weights).div_(m_weights.index_select(0, labels).sum().neg_());
    }

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
