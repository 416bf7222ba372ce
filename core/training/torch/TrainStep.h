// SPDX-License-Identifier: GPL-3.0-or-later
// One step of the optimizer, over one batch or several whose gradients are added up, with scaled gradients
// where float16 needs them, and with the hooks.
#pragma once

#include <functional>
#include <vector>

#include "core/backbones/Outputs.h"
#include "core/training/torch/GradScaler.h"
#include "core/training/torch/Hook.h"
#include "core/training/torch/Loss.h"
#include "core/training/torch/Optimizer.h"

namespace graft::training {

class TrainStep {
  public:
    // Images or features on the device to what the head gives, float32.
    using Forward = std::function<at::Tensor(const at::Tensor&)>;
    using Hooks = std::vector<std::unique_ptr<Hook>>;

    // outputs: what the head's numbers mean. scale: what a float16 run has come to; null for other types. All
    // of them must outlive the step.
    TrainStep(Forward forward, Optimizer& optimizer, const Loss& loss, const backbones::Outputs& outputs,
              const Hooks& hooks, LossScale* scale)
        : m_forward(std::move(forward)),
          m_optimizer(optimizer),
          m_loss(loss),
          m_outputs(outputs),
          m_hooks(hooks),
          m_scale(scale) {}

    void begin();
    // target: on the device. share: the batch's part of the step's images, between 0 and 1; the gradient is
    // that of the mean over all that were added, also where images were lost and the shares do not come to 1,
    // and where the loss weighs them (Loss::weight).
    // LibTorch's exceptions pass.
    void add(const at::Tensor& images, const Target& target, double share);
    // Moves the weights, unless there was no batch or float16's gradients were not finite; nor, on a CPU, if
    // the loss was not: then the weights stay as they were when it came, and can be asked why.
    void finish();
    bool hasMoved() const { return m_moved; }  // finish() has moved the weights at least once

    // Of what was added since the last call. Waits for the device: not for every batch.
    struct Sums {
        double loss = 0;          // over the images; not finite: the training has diverged
        std::size_t correct = 0;  // of mixed images: what they are mostly
        std::size_t images = 0;
    };
    Sums takeSums();

  private:
    Forward m_forward;
    Optimizer& m_optimizer;
    const Loss& m_loss;
    backbones::Outputs m_outputs;
    const Hooks& m_hooks;
    LossScale* m_scale;
    double m_shares = 0;   // added since begin()
    at::Tensor m_weight;   // of all that was added, times its share; undefined: the loss weighs nothing
    bool m_finite = true;  // the losses since begin(), on a CPU
    bool m_moved = false;
    at::Tensor m_sums;  // loss and right answers, on the device
    std::size_t m_images = 0;
};

}  // namespace graft::training
