// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/training/torch/ParameterGroups.h"

#include <algorithm>
#include <array>
#include <map>
#include <string_view>

#include "core/settings/LayerRates.h"

namespace graft::training {

namespace {

// By parameter: how many units lie above it, up to the head.
std::map<const void*, std::size_t> unitsAbove(const backbones::Network& network) {
    std::map<const void*, std::size_t> above;
    const auto& units = network.units();
    for (std::size_t i = 0; i < units.size(); ++i) {
        for (const at::Tensor& parameter : units[i].parameters())
            above[parameter.unsafeGetTensorImpl()] = units.size() - i;
    }
    return above;
}

// Decay holds large weights down; these are no weights of features.
bool isWeight(const std::string& name, const at::Tensor& parameter) {
    constexpr std::array<std::string_view, 10> kExcepted{"bias",        "class_token",
                                                         "cls_token",   "register_tokens",
                                                         "pos_embed",   "positional_embedding",
                                                         "layer_scale", "logit_scale",
                                                         "cpb_mlp",     "grn."};
    return parameter.dim() > 1 && std::ranges::none_of(kExcepted, [&](std::string_view part) {
               return name.find(part) != std::string::npos;
           });
}

}  // namespace

std::vector<ParameterGroup> parameterGroups(const backbones::Network& network,
                                            const settings::TrainConfig& config) {
    const settings::OptimizerOptions& options = config.optimizer;
    const auto above = unitsAbove(network);
    std::vector<ParameterGroup> groups;
    for (const auto& [name, parameter] : network.trainableParameters()) {
        const auto unit = above.find(parameter.unsafeGetTensorImpl());
        const double factor = settings::layerRateFactor(config, unit == above.end() ? 0 : unit->second);
        const bool decays = options.decayNorms || isWeight(name, parameter);
        auto group = std::ranges::find_if(groups, [&](const ParameterGroup& other) {
            return other.rateFactor == factor && other.decays == decays;
        });
        if (group == groups.end()) group = groups.insert(group, {{}, factor, decays});
        group->parameters.emplace_back(name, parameter);
    }
    return groups;
}

}  // namespace graft::training
