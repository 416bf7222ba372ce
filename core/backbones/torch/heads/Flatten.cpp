// SPDX-License-Identifier: GPL-3.0-or-later
// In PyTorch's order: channel after channel, each row by row. Keras has the channels innermost; for weights
// that are trained from random ones this is the same.
#include <c10/util/accumulate.h>

#include "core/backbones/torch/Heads.h"

namespace graft::backbones::heads {

namespace {

class Flatten final : public Layer {
  public:
    at::Tensor forward(const at::Tensor& input) override { return input.flatten(1); }
};

}  // namespace

HeadLayers flatten(const HeadSite& site) {
    HeadLayers layers{std::make_shared<Flatten>()};
    for (LayerPtr& layer : denseLayers(site, c10::multiply_integers(site.map)))
        layers.push_back(std::move(layer));
    return layers;
}

}  // namespace graft::backbones::heads
