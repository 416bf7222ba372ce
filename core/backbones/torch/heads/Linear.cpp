// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/backbones/torch/Heads.h"
#include "core/backbones/torch/OpenRelu.h"
#include "core/backbones/torch/RandomSource.h"

namespace graft::backbones::heads {

HeadLayers linear(const HeadSite& site) {
    Backbone& backbone = site.backbone;
    if (backbone.classifierKind == ClassifierKind::ConvolutionRelu) {
        const auto conv = std::make_shared<Conv2d>(
            ConvOptions{.in = backbone.featureChannels, .out = site.outputs, .bias = true});
        drawNormal(conv->weight, 0.01);
        return {backbone.place(backbone.classifierName, conv), std::make_shared<OpenRelu>(),
                std::make_shared<GlobalAveragePool>()};
    }
    HeadLayers layers;
    if (backbone.classifierKind == ClassifierKind::PooledLinear)
        layers.push_back(std::make_shared<GlobalAveragePool>());
    const LinearOptions options{.bias = backbone.classifierBias};
    layers.push_back(backbone.place(
        backbone.classifierName, std::make_shared<Linear>(backbone.featureChannels, site.outputs, options)));
    return layers;
}

}  // namespace graft::backbones::heads
