// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/backbones/torch/Heads.h"

#include <torch/types.h>
#include <torch/utils.h>

#include <algorithm>
#include <map>
#include <set>
#include <stdexcept>
#include <string>

#include "core/backbones/torch/RandomSource.h"

namespace graft::backbones {

namespace heads {
#define GRAFT_HEAD(name) HeadLayers name(const HeadSite& site);
#include "core/backbones/heads/Heads.inc"
#undef GRAFT_HEAD
}  // namespace heads

namespace {

// Takes out of root every module that has no other parameters than these.
void takeOut(torch::nn::Module& root, const std::set<const void*>& parameters) {
    for (const auto& child : root.named_children()) {
        const auto all = child.value()->parameters();
        const auto isOut = [&](const at::Tensor& one) {
            return parameters.contains(one.unsafeGetTensorImpl());
        };
        if (all.empty() || std::ranges::none_of(all, isOut)) continue;
        if (std::ranges::all_of(all, isOut)) {
            root.unregister_module(child.key());
        } else {
            takeOut(*child.value(), parameters);
        }
    }
}

std::map<std::string, MakeHead>& headMakers() {
    static std::map<std::string, MakeHead> all{
#define GRAFT_HEAD(name) {#name, heads::name},
#include "core/backbones/heads/Heads.inc"
#undef GRAFT_HEAD
    };
    return all;
}

}  // namespace

void addHead(const std::string& name, MakeHead make) {
    headMakers()[name] = make;
}

HeadLayers denseLayers(const HeadSite& site, std::int64_t inputs) {
    HeadLayers layers;
    std::int64_t read = inputs;
    if (site.options.hiddenUnits > 0) {
        const auto dense = std::make_shared<Linear>(inputs, site.options.hiddenUnits);
        drawHe(dense->weight, false);
        layers.push_back(site.backbone.place("head.dense", dense));
        layers.push_back(std::make_shared<Activation>(Function::Relu));
        read = site.options.hiddenUnits;
    }
    layers.push_back(std::make_shared<Dropout>(site.options.dropout));
    layers.push_back(site.backbone.place("head.output", std::make_shared<Linear>(read, site.outputs)));
    return layers;
}

HeadLayers makeHead(const HeadSite& site) {
    const auto maker = headMakers().find(site.options.kind);
    if (maker == headMakers().end())
        throw std::invalid_argument("There is no head " + site.options.kind + ".");
    return maker->second(site);
}

std::vector<std::int64_t> shapeBehind(const std::vector<Unit>& units, int side) {
    const torch::NoGradGuard noGradients;
    at::Tensor x = torch::zeros({1, 3, side, side});
    for (const Unit& unit : units) {
        unit.train(false);  // batch norms learn nothing from it, and nothing is drawn
        x = unit.forward(x);
        unit.train(true);
    }
    return x.sizes().slice(1).vec();
}

void leaveOut(const HeadOptions& options, Backbone& backbone) {
    std::set<const void*> parameters;
    std::erase_if(backbone.units, [&](const Unit& unit) {
        if (isBelow(options, unit.stage)) return false;
        for (const at::Tensor& parameter : unit.parameters())
            parameters.insert(parameter.unsafeGetTensorImpl());
        return true;
    });
    takeOut(*backbone.root, parameters);
}

}  // namespace graft::backbones
