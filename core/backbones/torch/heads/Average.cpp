// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/backbones/torch/Heads.h"

namespace graft::backbones::heads {

HeadLayers average(const HeadSite& site) {
    HeadLayers layers;
    if (site.map.size() == 3) layers.push_back(std::make_shared<GlobalAveragePool>());
    for (LayerPtr& layer : denseLayers(site, site.map.front()))
        layers.push_back(std::move(layer));
    return layers;
}

}  // namespace graft::backbones::heads
