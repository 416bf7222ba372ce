// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/backbones/torch/Heads.h"

namespace graft::backbones::heads {

HeadLayers mlp(const HeadSite& site) {
    HeadLayers layers;
    if (site.backbone.classifierKind != ClassifierKind::Linear)
        layers.push_back(std::make_shared<GlobalAveragePool>());
    for (LayerPtr& layer : denseLayers(site, site.backbone.featureChannels))
        layers.push_back(std::move(layer));
    return layers;
}

}  // namespace graft::backbones::heads
