// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/backbones/torch/Backbone.h"

#include <map>

#include "core/backbones/Catalogue.h"

namespace graft::backbones {

#define GRAFT_FAMILY(architectures) std::vector<Architecture> architectures();
#include "core/backbones/families/Families.inc"
#undef GRAFT_FAMILY

namespace {

const std::map<std::string, std::function<Backbone()>>& registry() {
    static const auto factories = [] {
        std::map<std::string, std::function<Backbone()>> all;
#define GRAFT_FAMILY(architectures)            \
    for (Architecture & one : architectures()) \
        all.emplace(one.name, std::move(one.make));
#include "core/backbones/families/Families.inc"
#undef GRAFT_FAMILY
        return all;
    }();
    return factories;
}

}  // namespace

at::Tensor Unit::forward(const at::Tensor& input) const {
    at::Tensor x = input;
    for (const LayerPtr& step : steps)
        x = step->forward(x);
    return x;
}

std::vector<at::Tensor> Unit::parameters() const {
    std::vector<at::Tensor> all;
    for (const LayerPtr& step : steps) {
        const auto some = step->parameters();
        all.insert(all.end(), some.begin(), some.end());
    }
    return all;
}

void Unit::train(bool on) const {
    for (const LayerPtr& step : steps)
        step->train(on);
}

LayerPtr Backbone::place(const std::string& path, const LayerPtr& layer) {
    const std::size_t dot = path.rfind('.');
    torch::nn::Module& parent = dot == std::string::npos ? *root : childAt(*root, path.substr(0, dot));
    return adopt(parent, dot == std::string::npos ? path : path.substr(dot + 1), layer);
}

void Backbone::addUnit(const std::string& name, const std::string& stage, const LayerPtr& layer,
                       const std::vector<LayerPtr>& more) {
    units.push_back({name, stage, {place(name, layer)}});
    units.back().steps.insert(units.back().steps.end(), more.begin(), more.end());
}

torch::nn::Module& childAt(torch::nn::Module& root, const std::string& path) {
    torch::nn::Module* module = &root;
    std::size_t start = 0;
    while (start <= path.size()) {
        const std::size_t dot = std::min(path.find('.', start), path.size());
        const std::string name = path.substr(start, dot - start);
        const auto children = module->named_children();
        const auto* child = children.find(name);
        module =
            child != nullptr ? child->get() : module->register_module(name, std::make_shared<Chain>()).get();
        start = dot + 1;
    }
    return *module;
}

Result<Backbone> makeBackbone(const std::string& name) {
    const auto found = registry().find(name);
    if (found != registry().end()) return found->second();
    const auto entry = findBackbone(name);
    if (!entry) return fail(entry.error());
    return fail(ErrorCode::Internal,
                {GRAFT_TEXT("The backbone {1} is in the catalogue but cannot be built."), name});
}

}  // namespace graft::backbones
