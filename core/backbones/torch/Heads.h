// SPDX-License-Identifier: GPL-3.0-or-later
// What heads are built of. One is a file in heads/ here, which belongs to the one of the same name in
// core/backbones/heads.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/backbones/Head.h"
#include "core/backbones/torch/Backbone.h"

namespace graft::backbones {

struct HeadSite {
    Backbone& backbone;  // the head's layers are placed below its root
    int outputs;
    const HeadOptions& options;
    // Of a head on the map: C, H, W of it for one image, or C where the backbone gives no map (ViT).
    std::vector<std::int64_t> map = {};
};

using HeadLayers = std::vector<LayerPtr>;
using MakeHead = HeadLayers (*)(const HeadSite& site);

// Of a kind that was added with addHead(HeadKind).
void addHead(const std::string& name, MakeHead make);

// A layer "head.dense" of the options' hidden units with ReLU (where there are any), dropout, and the layer
// "head.output". inputs: numbers that it reads.
HeadLayers denseLayers(const HeadSite& site, std::int64_t inputs);

// The layers in order. Where the first is a GlobalAveragePool, what it gives is what the feature cache keeps.
// options must be valid.
HeadLayers makeHead(const HeadSite& site);

// How the units' result for one image looks at side x side pixels, by running them on nothing.
std::vector<std::int64_t> shapeBehind(const std::vector<Unit>& units, int side);

// Takes off the units that the head leaves out, with their weights.
void leaveOut(const HeadOptions& options, Backbone& backbone);

}  // namespace graft::backbones
