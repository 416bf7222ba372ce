// SPDX-License-Identifier: GPL-3.0-or-later
// What the training makes small: the losses by name, those of core/settings/losses/Losses.inc, each made by
// the file of its name in losses/.
//
// Validation does not use them: its loss is the plain cross-entropy of the class probabilities, without
// smoothing, weights or gamma, as PyTorch's examples and timm validate. So the losses of runs with different
// settings can be compared, and among epochs of the same accuracy the best is that of the better
// probabilities.
#pragma once

#include <ATen/core/Tensor.h>
#include <c10/core/Device.h>

#include <memory>
#include <string>
#include <vector>

#include "core/backbones/Outputs.h"
#include "core/base/Result.h"
#include "core/settings/TrainConfig.h"
#include "core/training/HeadOutputs.h"

namespace graft::training {

// What a batch of N images is to be taken for. Where each is mixed of two (mixup, CutMix), the loss is that
// of `labels` times share and that of `otherLabels` times the rest, as in Zhang et al., mixup, 2018.
struct Target {
    at::Tensor labels;            // N, int64
    at::Tensor otherLabels = {};  // N, int64; undefined: none is mixed
    double share = 1;             // of labels, 0..1

    bool isMixed() const { return otherLabels.defined(); }
    // Those with the larger share.
    const at::Tensor& mostly() const { return isMixed() && share < 0.5 ? otherLabels : labels; }
};

class Loss {
  public:
    Loss() = default;
    Loss(const Loss&) = delete;
    Loss& operator=(const Loss&) = delete;
    virtual ~Loss() = default;

    // given: what the head gives for N images, N x Outputs::count(), float32 on the labels' device. The mean
    // over the images, a scalar with a gradient.
    at::Tensor operator()(const at::Tensor& given, const Target& target) const;
    // What an image of the batch counts in the mean over several batches, by what each of these is divided
    // by: a scalar on the labels' device. Undefined: 1, they are divided by their images.
    at::Tensor weight(const Target& target) const;

  protected:
    virtual at::Tensor meanWeight(const at::Tensor& /*labels*/) const { return {}; }
    virtual at::Tensor mean(const at::Tensor& given, const at::Tensor& labels) const = 0;
};

struct LossContext {
    const settings::TrainConfig& config;
    at::Tensor classWeights;  // one for each class, float32 on the device; undefined: all count the same
};

struct LossMaker {
    std::unique_ptr<Loss> (*make)(const LossContext& context) = nullptr;
    backbones::OutputKind outputs = backbones::OutputKind::Softmax;  // that it is a loss of
};

// config.loss, for classes with so many training images each. The config is valid. Errors: InvalidArgument
// with the setting's key: the loss is for two classes and there are others; the class weights by hand are not
// one for each class.
Result<std::unique_ptr<Loss>> makeLoss(const settings::TrainConfig& config,
                                       const std::vector<std::string>& classes,
                                       const std::vector<std::size_t>& counts, c10::Device device);

// One more, for whoever brings his own; its settings::Method is added to "loss.kind" under the same name.
// Before the first run.
void addLoss(const std::string& name, LossMaker maker);

}  // namespace graft::training
