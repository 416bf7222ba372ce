// SPDX-License-Identifier: GPL-3.0-or-later
// The leading units of a network as an inference engine runs them: batch norm folded into the convolutions,
// functions fused where LibTorch can, constants propagated. A copy: the network itself stays as it is.
#pragma once

#include <c10/core/Device.h>
#include <c10/core/ScalarType.h>

#include <functional>
#include <string>
#include <vector>

#include "core/backbones/torch/Network.h"

namespace graft::backbones {

class FrozenPrefix {
  public:
    // The first `units` units, and behind the last of all the head's average pool. Their weights must not
    // change any more. It calculates in `type`. LibTorch's exceptions pass; a type may lack an operator.
    FrozenPrefix(const Network& network, std::size_t units, int inputSize, c10::Device device,
                 c10::ScalarType type = c10::kFloat);

    // What the network's meansBehind() these numbers of units gives, in their place.
    FrozenPrefix(const Network& network, const std::vector<std::size_t>& meansBehind, int inputSize,
                 c10::Device device, c10::ScalarType type = c10::kFloat);

    // N x 3 x H x W on the device (see Network::toInput), float32, to the features, float32.
    at::Tensor operator()(const at::Tensor& images) const { return m_run(images); }

    // What the features depend on, as hex: the units' names, every one of their tensors, and what is done
    // with them. It traces the units, with a picture of inputSize. LibTorch's exceptions pass.
    static std::string fingerprint(const Network& network, std::size_t units, int inputSize,
                                   c10::Device device);

  private:
    using Forward = std::function<at::Tensor(const at::Tensor&)>;
    FrozenPrefix(const Network& network, const Forward& forward, int inputSize, c10::Device device,
                 c10::ScalarType type);

    std::function<at::Tensor(const at::Tensor&)> m_run;
};

}  // namespace graft::backbones
