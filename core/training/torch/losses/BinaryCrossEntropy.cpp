// SPDX-License-Identifier: GPL-3.0-or-later
// Binary cross-entropy of one number x per image with a sigmoid: the mean of -log sigmoid(x) for the second
// class and of -log(1 - sigmoid(x)) for the first, as torch.nn.BCEWithLogitsLoss and Keras' Dense(1, sigmoid)
// with binary_crossentropy. Weights of classes as Keras' class_weight: the sum is divided by the images.
#include <torch/types.h>

#include "core/training/torch/Loss.h"

namespace graft::training::losses {

namespace {

class BinaryCrossEntropy : public Loss {
  public:
    explicit BinaryCrossEntropy(const LossContext& context) : m_weights(context.classWeights) {}

  protected:
    at::Tensor mean(const at::Tensor& given, const at::Tensor& labels) const override {
        const at::Tensor weights = m_weights.defined() ? m_weights.index_select(0, labels) : at::Tensor();
        return at::binary_cross_entropy_with_logits(given.squeeze(1), labels.to(given.scalar_type()), weights,
                                                    {}, at::Reduction::Mean);
    }

  private:
    at::Tensor m_weights;
};

}  // namespace

LossMaker binaryCrossEntropy() {
    return {[](const LossContext& context) -> std::unique_ptr<Loss> {
                return std::make_unique<BinaryCrossEntropy>(context);
            },
            backbones::OutputKind::Sigmoid};
}

}  // namespace graft::training::losses
