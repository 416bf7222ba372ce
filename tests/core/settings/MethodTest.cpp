// SPDX-License-Identifier: GPL-3.0-or-later
// Methods of a choice: what comes with each, and an optimizer that exists in this file alone.
#include "core/settings/Method.h"

#include <gtest/gtest.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <nlohmann/json.hpp>

#include "app/graft-cli/SettingOptions.h"
#include "core/settings/Settings.h"

namespace graft::test {

namespace {

using nlohmann::json;
using settings::Method;
using settings::Setting;
using settings::TrainConfig;

constexpr const char* kOwnPower = "optimizer.test_power";

TrainConfig withOptimizer(const std::string& kind) {
    TrainConfig config;
    config.optimizer.kind = kind;
    return config;
}

bool isShown(const std::string& key, const std::string& optimizer) {
    return settings::applies(*settings::find(key), withOptimizer(optimizer));
}

std::vector<Setting> threeRows() {
    return {{.key = "a.kind", .option = "--a", .field = settings::ownChoice("a.kind", "one", {})},
            {.key = "a.shared", .option = "--shared", .field = settings::ownSwitch("a.shared", false)},
            {.key = "b", .option = "--b", .field = settings::ownSwitch("b", false)}};
}

std::vector<std::string> keysOf(const std::vector<Setting>& rows) {
    std::vector<std::string> keys;
    for (const Setting& row : rows)
        keys.push_back(row.key);
    return keys;
}

TEST(MethodTest, ItsSettingsStandInTheGroupOfTheChoice) {
    std::vector<Setting> rows = threeRows();
    rows[0].group = settings::Group::Loss;
    settings::addMethod(rows, "a.kind",
                        {.name = "one",
                         .label = "One",
                         .help = "First",
                         .settings = {{.key = "a.x", .field = settings::ownSwitch("a.x", false)}}});
    EXPECT_EQ(rows[2].key, "a.x");
    EXPECT_EQ(rows[2].group, settings::Group::Loss);
}

TEST(MethodTest, BringsItsChoiceItsSettingsAndWhatItShares) {
    std::vector<Setting> rows = threeRows();
    settings::addMethod(rows, "a.kind", {.name = "one", .label = "One", .help = "First"});
    settings::addMethod(rows, "a.kind",
                        {.name = "two",
                         .label = "Two",
                         .help = "Second",
                         .settings = {{.key = "a.x", .field = settings::ownSwitch("a.x", false)},
                                      {.key = "a.y", .field = settings::ownSwitch("a.y", false)}},
                         .uses = {"a.shared"}});
    EXPECT_EQ(keysOf(rows), (std::vector<std::string>{"a.kind", "a.shared", "a.x", "a.y", "b"}));
    ASSERT_EQ(rows[0].field.choices.size(), 2U);
    EXPECT_EQ(rows[0].field.choices[1].name, "two");
    EXPECT_EQ(rows[0].field.choices[1].label, "Two");
    EXPECT_EQ(rows[0].field.choices[1].help, "Second");
    for (const std::size_t i : {1U, 2U, 3U}) {
        EXPECT_EQ(rows[i].applies.key, "a.kind");
        EXPECT_EQ(rows[i].applies.values, std::vector<std::string>{"two"});
    }
    EXPECT_EQ(rows[4].applies.key, "");
    EXPECT_THROW(settings::addMethod(rows, "a.kind",
                                     {.name = "three", .label = "", .help = "", .uses = {"a.missing"}}),
                 std::logic_error);
}

// As PyTorch's optimizers take them.
TEST(OptimizerSettingsTest, EachOptimizerHasWhatItUses) {
    struct Used {
        bool momentum, nesterov, betas, epsilon, alpha;
    };
    const std::vector<std::pair<std::string, Used>> expected{
        {"sgd", {true, true, false, false, false}},      {"adam", {false, false, true, true, false}},
        {"adamw", {false, false, true, true, false}},    {"rmsprop", {true, false, false, true, true}},
        {"adagrad", {false, false, false, true, false}}, {"lamb", {false, false, true, true, false}},
        {"lion", {false, false, true, false, false}}};
    for (const auto& [name, used] : expected) {
        EXPECT_EQ(isShown("optimizer.momentum", name), used.momentum) << name;
        EXPECT_EQ(isShown("optimizer.nesterov", name), used.nesterov) << name;
        EXPECT_EQ(isShown("optimizer.beta1", name), used.betas) << name;
        EXPECT_EQ(isShown("optimizer.beta2", name), used.betas) << name;
        EXPECT_EQ(isShown("optimizer.epsilon", name), used.epsilon) << name;
        EXPECT_EQ(isShown("optimizer.alpha", name), used.alpha) << name;
        EXPECT_TRUE(isShown("optimizer.learning_rate", name)) << name;
        EXPECT_TRUE(isShown("optimizer.weight_decay", name)) << name;
    }
}

TEST(OptimizerSettingsTest, OldFilesDecayNormsAndHaveOneLearningRate) {
    json document = json::parse(settings::toJson(TrainConfig()));
    EXPECT_FALSE(document.at("optimizer").at("decay_norms").get<bool>());
    for (const char* key :
         {"decay_norms", "layer_decay", "beta1", "beta2", "epsilon", "alpha", "always_adapt"})
        EXPECT_EQ(document.at("optimizer").erase(key), 1U) << key;
    const auto config = settings::configFromJson(document.dump());
    ASSERT_TRUE(config) << config.error().message.english();
    EXPECT_TRUE(config->optimizer.decayNorms);
    EXPECT_EQ(config->optimizer.layerDecay, 1);
    EXPECT_EQ(config->optimizer.beta1, 0);
    EXPECT_EQ(settings::ownValue(*config, "optimizer.alpha", 0.0), 0.99);  // PyTorch's
}

std::string saidOf(std::vector<std::string> arguments) {
    CLI::App command;
    cli::SettingOptions options;
    options.addTo(command);
    std::ranges::reverse(arguments);  // CLI11 takes them from the end
    command.parse(arguments);
    TrainConfig config;
    options.applyTo(config);
    const auto used = options.checkUsed(config);
    return used ? std::string() : used.error().message.english();
}

TEST(OptimizerSettingsTest, WhatChangesNothingIsRefused) {
    EXPECT_EQ(saidOf({"--optimizer", "rmsprop", "--alpha", "0.9"}), "");
    EXPECT_EQ(
        saidOf({"--alpha", "0.9"}),
        "--alpha changes nothing here: it goes with --optimizer rmsprop. Leave it out, or give that too.");
    EXPECT_EQ(saidOf({"--decay-norms", "--weight-decay", "0.1"}), "");
    EXPECT_NE(saidOf({"--decay-norms"}).find("--weight-decay above 0"), std::string::npos);
}

void addOwnOptimizer() {
    if (settings::find(kOwnPower) != nullptr) return;
    settings::addMethod("optimizer.kind",
                        {.name = "test-optimizer",
                         .label = GRAFT_TEXT("Test optimizer"),
                         .help = GRAFT_TEXT("Of this test alone"),
                         .settings = {{
                             .key = kOwnPower,
                             .option = "--test-power",
                             .label = GRAFT_TEXT("Test power"),
                             .help = GRAFT_TEXT("Of this test alone"),
                             .field = settings::ownNumber(kOwnPower, 0.5, settings::from(0, 2)),
                             .whenAbsent = 0.5,
                         }},
                         .uses = {"optimizer.learning_rate", "optimizer.beta1"}});
}

TEST(OwnOptimizerTest, IsAChoiceOfTheTableWithItsOwnSettings) {
    addOwnOptimizer();
    const auto& choices = settings::find("optimizer.kind")->field.choices;
    const auto found = std::ranges::find(choices, "test-optimizer", &settings::Choice::name);
    ASSERT_NE(found, choices.end());
    EXPECT_EQ(found->label, "Test optimizer");
    EXPECT_TRUE(isShown(kOwnPower, "test-optimizer"));
    EXPECT_FALSE(isShown(kOwnPower, "sgd"));
    EXPECT_TRUE(isShown("optimizer.beta1", "test-optimizer"));
    EXPECT_FALSE(isShown("optimizer.beta2", "test-optimizer"));
}

TEST(OwnOptimizerTest, GoesThroughJson) {
    addOwnOptimizer();
    TrainConfig config = withOptimizer("test-optimizer");
    config.own[kOwnPower] = 1.25;
    const json written = json::parse(settings::toJson(config));
    EXPECT_EQ(written.at("optimizer").at("kind").get<std::string>(), "test-optimizer");
    EXPECT_EQ(written.at("optimizer").at("test_power").get<double>(), 1.25);
    const auto read = settings::configFromJson(written.dump());
    ASSERT_TRUE(read) << read.error().message.english();
    EXPECT_EQ(read->optimizer.kind, "test-optimizer");
    EXPECT_EQ(settings::ownValue(*read, kOwnPower, 0.5), 1.25);
}

TEST(OwnOptimizerTest, IsInTheHelpAndOnTheCommandLine) {
    addOwnOptimizer();
    CLI::App command;
    cli::SettingOptions options;
    options.addTo(command);
    EXPECT_NE(command.help().find("test-optimizer"), std::string::npos);
    EXPECT_NE(command.help().find("--test-power"), std::string::npos);
    EXPECT_EQ(saidOf({"--optimizer", "test-optimizer", "--test-power", "1.5"}), "");
    EXPECT_NE(saidOf({"--test-power", "1.5"}).find("--optimizer test-optimizer"), std::string::npos);
}

}  // namespace

}  // namespace graft::test
