// SPDX-License-Identifier: GPL-3.0-or-later
// Which parameter has which learning rate and which weight decay: hand-counted on torchvision's names.
#include "core/training/torch/ParameterGroups.h"

#include <gtest/gtest.h>

#include <map>

#include "core/backbones/ModelSummary.h"

namespace graft::test {

namespace {

using backbones::Network;
using training::ParameterGroup;

Network networkOf(const std::string& name, const backbones::FreezePlan& frozen = {}) {
    Network network = Network::create(name, 3, {}, Network::BackboneWeights::Unset).value();
    network.freeze(frozen);
    return network;
}

struct Place {
    double rateFactor = 0;
    bool decays = false;
};

std::map<std::string, Place> placesIn(const std::vector<ParameterGroup>& groups) {
    std::map<std::string, Place> places;
    for (const ParameterGroup& group : groups) {
        for (const auto& [name, parameter] : group.parameters)
            EXPECT_TRUE(places.insert({name, {group.rateFactor, group.decays}}).second) << name;
    }
    return places;
}

settings::TrainConfig with(double layerDecay, bool decayNorms) {
    settings::TrainConfig config;
    config.optimizer.layerDecay = layerDecay;
    config.optimizer.decayNorms = decayNorms;
    return config;
}

// As versions before there were groups.
TEST(ParameterGroupsTest, OneGroupInTheOrderOfTheNetwork) {
    const Network network = networkOf("resnet18");
    const auto groups = training::parameterGroups(network, with(1, true));
    ASSERT_EQ(groups.size(), 1U);
    EXPECT_EQ(groups[0].rateFactor, 1);
    EXPECT_TRUE(groups[0].decays);
    const auto expected = network.trainableParameters();
    ASSERT_EQ(groups[0].parameters.size(), expected.size());
    EXPECT_EQ(expected.size(), 62U);  // 20 convolutions, 20 norms of two, a linear layer of two
    for (std::size_t i = 0; i < expected.size(); ++i) {
        EXPECT_EQ(groups[0].parameters[i].first, expected[i].first);
        EXPECT_TRUE(groups[0].parameters[i].second.is_same(expected[i].second));
    }
}

TEST(ParameterGroupsTest, EachUnitBelowTheHeadIsSlowerByTheFactor) {
    const Network network = networkOf("resnet18");
    const auto places = placesIn(training::parameterGroups(network, with(0.5, true)));
    EXPECT_EQ(places.size(), 62U);
    const std::map<std::string, double> expected{{"fc.weight", 1},
                                                 {"fc.bias", 1},
                                                 {"layer4.1.bn2.bias", 0.5},
                                                 {"layer4.0.downsample.0.weight", 0.25},
                                                 {"layer3.1.conv1.weight", 0.125},
                                                 {"layer1.0.conv1.weight", 1.0 / 256},
                                                 {"conv1.weight", 1.0 / 512},
                                                 {"bn1.weight", 1.0 / 512}};
    for (const auto& [name, factor] : expected)
        EXPECT_DOUBLE_EQ(places.at(name).rateFactor, factor) << name;
}

TEST(ParameterGroupsTest, FrozenUnitsAreCountedAndNotTrained) {
    const auto units = backbones::listUnits("resnet18").value();
    const Network network =
        networkOf("resnet18", backbones::parseFreezePlan("layer4.1,conv1", units).value());
    const auto places = placesIn(training::parameterGroups(network, with(0.5, true)));
    EXPECT_FALSE(places.contains("layer4.1.conv1.weight"));
    EXPECT_FALSE(places.contains("conv1.weight"));
    EXPECT_DOUBLE_EQ(places.at("layer4.0.conv1.weight").rateFactor, 0.25);
}

// What timm's param_groups_weight_decay() leaves out, and no_weight_decay() of its models.
TEST(ParameterGroupsTest, NormsBiasesAndTokensDoNotDecay) {
    const std::map<std::string, std::map<std::string, bool>> expected{
        {"resnet18",
         {{"conv1.weight", true},
          {"bn1.weight", false},
          {"bn1.bias", false},
          {"fc.weight", true},
          {"fc.bias", false}}},
        {"mobilenet_v2", {{"features.1.conv.0.0.weight", true}, {"features.1.conv.0.1.weight", false}}},
        {"vit_b_32",
         {{"class_token", false},
          {"encoder.pos_embedding", false},
          {"conv_proj.weight", true},
          {"encoder.layers.encoder_layer_0.self_attention.in_proj_weight", true},
          {"encoder.layers.encoder_layer_0.self_attention.in_proj_bias", false},
          {"encoder.ln.weight", false}}},
        {"swin_t",
         {{"features.1.0.attn.relative_position_bias_table", false}, {"features.1.0.attn.qkv.weight", true}}},
        {"swin_v2_t",
         {{"features.1.0.attn.logit_scale", false},
          {"features.1.0.attn.cpb_mlp.0.weight", false},
          {"features.1.0.attn.qkv.weight", true}}},
        {"dinov2_vits14_reg",
         {{"cls_token", false},
          {"register_tokens", false},
          {"pos_embed", false},
          {"patch_embed.proj.weight", true},
          {"blocks.0.ls1.gamma", false},
          {"blocks.0.attn.qkv.weight", true},
          {"blocks.0.attn.qkv.bias", false}}},
        {"clip_vit_b_32",
         {{"visual.class_embedding", false},
          {"visual.positional_embedding", false},
          {"visual.conv1.weight", true},
          {"visual.transformer.resblocks.0.mlp.c_fc.weight", true},
          {"visual.ln_pre.weight", false}}},
        {"siglip_vit_b_16", {{"pos_embed", false}, {"attn_pool.kv.weight", true}}},
        {"convnextv2_atto",  // 1 x 1 x 1 x C in the authors' files
         {{"stages.0.0.grn.gamma", false},
          {"stages.0.0.grn.beta", false},
          {"stages.0.0.pwconv1.weight", true}}},
        {"convnext_tiny", {{"features.1.0.layer_scale", false}, {"features.1.0.block.0.weight", true}}},
    };
    for (const auto& [name, parameters] : expected) {
        const Network network = networkOf(name);
        const auto places = placesIn(training::parameterGroups(network, with(1, false)));
        EXPECT_EQ(places.size(), network.trainableParameters().size()) << name;
        for (const auto& [parameter, decays] : parameters)
            EXPECT_EQ(places.at(parameter).decays, decays) << name << ": " << parameter;
    }
    const Network network = networkOf("resnet18");
    EXPECT_EQ(training::parameterGroups(network, with(1, false)).size(), 2U);
}

}  // namespace

}  // namespace graft::test
