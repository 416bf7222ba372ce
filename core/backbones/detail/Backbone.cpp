// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/backbones/detail/Backbone.h"

#include <functional>
#include <map>

#include "core/backbones/Catalogue.h"

namespace graft::backbones {

namespace {

using Factory = std::function<Backbone()>;

const std::map<std::string, Factory>& registry() {
    static const std::map<std::string, Factory> factories{
        {"resnet18",
         [] {
             return makeResNet({2, 2, 2, 2}, false);
         }},
        {"resnet34",
         [] {
             return makeResNet({3, 4, 6, 3}, false);
         }},
        {"resnet50",
         [] {
             return makeResNet({3, 4, 6, 3}, true);
         }},
        {"resnet101",
         [] {
             return makeResNet({3, 4, 23, 3}, true);
         }},
        {"resnet152",
         [] {
             return makeResNet({3, 8, 36, 3}, true);
         }},
        {"mobilenet_v2", [] { return makeMobileNetV2(); }},
        {"squeezenet1_0", [] { return makeSqueezeNet(false); }},
        {"squeezenet1_1", [] { return makeSqueezeNet(true); }},
    };
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
    return fail(ErrorCode::Internal, "The backbone " + name + " is in the catalogue but cannot be built.");
}

}  // namespace graft::backbones
