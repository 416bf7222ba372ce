// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/backbones/torch/Attention.h"
#include "core/backbones/torch/Heads.h"

namespace graft::backbones::heads {

HeadLayers class_mean(const HeadSite& site) {
    HeadLayers layers;
    std::int64_t inputs = site.map.front();
    if (const std::int64_t first = site.backbone.firstPatch; first > 0) {
        site.backbone.units.back().steps.back() = std::make_shared<ClassTokenAndMean>(first);
        inputs *= 2;
    } else if (site.map.size() == 3) {
        layers.push_back(std::make_shared<GlobalAveragePool>());
    }
    layers.push_back(site.backbone.place("head.output", std::make_shared<Linear>(inputs, site.outputs)));
    return layers;
}

}  // namespace graft::backbones::heads
