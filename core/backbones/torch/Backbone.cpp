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

// The module that a path ends in, and the path's last name.
std::pair<torch::nn::Module*, std::string> siteOf(torch::nn::Module& root, const std::string& path) {
    const std::size_t dot = path.rfind('.');
    if (dot == std::string::npos) return {&root, path};
    return {&childAt(root, path.substr(0, dot)), path.substr(dot + 1)};
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
    const auto [parent, name] = siteOf(*root, path);
    return adopt(*parent, name, layer);
}

void Backbone::addUnit(const std::string& name, const std::string& stage, const LayerPtr& layer,
                       const std::vector<LayerPtr>& more) {
    units.push_back({name, stage, {place(name, layer)}});
    units.back().steps.insert(units.back().steps.end(), more.begin(), more.end());
}

void Backbone::addUnit(const std::string& name, const std::string& stage, const LayerPtr& step,
                       const std::vector<Part>& parts) {
    for (const Part& part : parts) {
        if (const auto* layer = std::get_if<LayerPtr>(&part.what)) {
            place(part.path, *layer);
            continue;
        }
        const auto& tensor = std::get<at::Tensor>(part.what);
        if (!tensor.defined()) continue;
        const auto [parent, last] = siteOf(*root, part.path);
        parent->register_parameter(last, tensor);
        if (part.kind == Part::Kind::Places) positionTokens = part.path;
    }
    units.push_back({name, stage, {step}});
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
