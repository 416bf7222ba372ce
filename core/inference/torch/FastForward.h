// SPDX-License-Identifier: GPL-3.0-or-later
// A model as an inference engine runs it (see optimizedForInference), proven against the model as it is: the
// first pictures that it sees pass through both.
#pragma once

#include <ATen/core/Tensor.h>

#include <functional>
#include <mutex>
#include <optional>

#include "core/base/Message.h"
#include "core/inference/torch/LoadedModel.h"

namespace graft::inference {

class FastForward {
  public:
    // Model in evaluation mode. LibTorch's exceptions pass where the model itself cannot be run; one that
    // cannot be optimised runs as it is.
    explicit FastForward(const LoadedModel& model);

    // N x 3 x crop x crop, float32 on the CPU, to N x classes logits, float32 on the CPU. Thread-safe.
    at::Tensor operator()(const at::Tensor& images) const;

    // The largest difference of a probability between both ways that is let pass; beyond it, or where the
    // most probable class is another, the model runs as it is.
    static constexpr double kLargestDifference = 1e-3;

    // One sentence on how the answers are computed, with the difference that was seen; empty before the first
    // picture.
    Message method() const;

  private:
    at::Tensor runPlain(const at::Tensor& images) const;
    at::Tensor prove(const at::Tensor& images) const;  // and decide

    std::function<at::Tensor(const at::Tensor&)> m_plain;
    std::function<at::Tensor(const at::Tensor&)> m_fast;  // none: it cannot be optimised
    c10::Device m_device;
    mutable std::mutex m_mutex;
    mutable std::optional<bool> m_useFast;  // empty before the first picture
    mutable Message m_method;
};

}  // namespace graft::inference
