// SPDX-License-Identifier: GPL-3.0-or-later
// The table of settings, row by row: what is in it reaches config.json, the command line and the validation,
// and so does a setting that exists in this file alone.
#include "core/settings/Settings.h"

#include <gtest/gtest.h>

#include <CLI/CLI.hpp>
#include <limits>
#include <nlohmann/json.hpp>
#include <set>

#include "app/graft-cli/SettingOptions.h"
#include "core/backbones/Catalogue.h"
#include "core/data/Preprocess.h"
#include "core/settings/HeadSolving.h"
#include "core/settings/Mixing.h"
#include "tests/support/TestFiles.h"

namespace graft::test {

namespace {

using nlohmann::json;
using settings::Kind;
using settings::Setting;
using settings::TrainConfig;
using settings::Value;

constexpr const char* kOwnKey = "optimizer.test_temperature";

// A new setting as docs/add-a-setting.md tells it.
const Setting& ownSetting() {
    if (settings::find(kOwnKey) == nullptr) {
        settings::add({
            .key = kOwnKey,
            .option = "--test-temperature",
            .label = GRAFT_TEXT("Test temperature"),
            .help = GRAFT_TEXT("Of this test alone"),
            .field = settings::ownNumber(kOwnKey, 1.5, settings::above(0, 100)),
            .applies = {.key = "optimizer.kind", .values = {"adam", "adamw"}},
            .whenAbsent = 1.0,
        });
    }
    return *settings::find(kOwnKey);
}

// Another value than the default that is allowed by itself.
Value otherValue(const Setting& setting) {
    const settings::Field& field = setting.field;
    const Value usual = field.get(TrainConfig());
    const auto allowed = [&](auto first, auto second) -> Value {
        return field.range.holds(static_cast<double>(first)) ? first : second;
    };
    switch (field.kind) {
        case Kind::Switch:
            return !std::get<bool>(usual);
        case Kind::Whole:
            if (std::holds_alternative<std::uint64_t>(usual)) return std::uint64_t{1} << 63U;
            return allowed(std::get<std::int64_t>(usual) + 1, std::get<std::int64_t>(usual) - 1);
        case Kind::Number:
            return allowed(std::get<double>(usual) / 2 + 0.01,
                           (std::get<double>(usual) + field.range.highest) / 2);
        case Kind::Colour:
            return settings::Rgb{0.25F, 0.5F, 0.75F};
        case Kind::Choice:
            return field.choices.back().name;
        case Kind::Text:
            break;
    }
    return std::string("cpu");
}

// A configuration in which each row that may has another value than the default.
TrainConfig everythingElse() {
    TrainConfig config;
    config.datasetFolder = "images";
    config.runFolder = "run";
    config.freeze.frozenUnits = {"conv1"};
    for (const Setting& setting : settings::all())
        setting.field.set(config, otherValue(setting));
    config.optimizer.kind = "sgd";                            // Nesterov's
    config.precision = settings::Precision::BFloat16;         // a CPU's
    config.loss.classWeights = settings::ClassWeights::None;  // by hand they would need their numbers
    return config;
}

// The member of the document at "a.b"; null if there is none.
const json* memberAt(const json& document, const std::string& key) {
    std::string path = "/" + key;
    std::ranges::replace(path, '.', '/');
    const json::json_pointer pointer(path);
    return document.contains(pointer) ? &document.at(pointer) : nullptr;
}

json without(json document, const std::string& key) {
    const std::size_t dot = key.find('.');
    if (dot == std::string::npos) {
        document.erase(key);
    } else {
        document.at(key.substr(0, dot)).erase(key.substr(dot + 1));
    }
    return document;
}

std::string saidOf(const json& document) {
    const auto config = settings::configFromJson(document.dump());
    return config ? "" : config.error().message.english();
}

class SettingsTest : public testing::Test {
  protected:
    void SetUp() override { ownSetting(); }
};

TEST_F(SettingsTest, KeysAndOptionsAreThereOnceAndHaveWords) {
    std::set<std::string> keys;
    std::set<std::string> options;
    for (const Setting& setting : settings::all()) {
        EXPECT_TRUE(keys.insert(setting.key).second) << setting.key;
        if (!setting.option.empty()) {
            EXPECT_TRUE(options.insert(setting.option).second) << setting.option;
        }
        EXPECT_FALSE(setting.label.empty()) << setting.key;
        EXPECT_FALSE(setting.help.empty()) << setting.key;
        EXPECT_FALSE(setting.help.ends_with('.')) << setting.key;
        if (!setting.applies.key.empty()) {
            const Setting* other = settings::find(setting.applies.key);
            ASSERT_NE(other, nullptr) << setting.key;
            for (const std::string& value : setting.applies.values)
                EXPECT_TRUE(settings::parsed(*other, value)) << setting.key << ": " << value;
        }
        EXPECT_TRUE(settings::checked(setting, setting.field.get(TrainConfig()))) << setting.key;
    }
}

TEST_F(SettingsTest, EveryValueGoesThroughJson) {
    const TrainConfig config = everythingElse();
    const auto read = settings::configFromJson(settings::toJson(config));
    ASSERT_TRUE(read) << read.error().message.english();
    for (const Setting& setting : settings::all()) {
        EXPECT_TRUE(setting.field.get(*read) == setting.field.get(config)) << setting.key;
        EXPECT_NE(memberAt(json::parse(settings::toJson(config)), setting.key), nullptr) << setting.key;
    }
    EXPECT_EQ(read->freeze.frozenUnits, config.freeze.frozenUnits);
}

TEST_F(SettingsTest, AnEmptyFileIsSaidWithARemedy) {
    const auto config = settings::configFromJson("");
    ASSERT_FALSE(config);
    EXPECT_EQ(config.error().message.english(),
              "The run's configuration is damaged: it is empty. Put the file back, or start the run anew.");
}

TEST_F(SettingsTest, AFileThatLacksASettingIsOlderOrDamaged) {
    const json whole = json::parse(settings::toJson(everythingElse()));
    for (const Setting& setting : settings::all()) {
        const json document = without(whole, setting.key);
        if (!setting.whenAbsent) {
            EXPECT_EQ(saidOf(document), "The run's configuration is damaged: \"" + setting.key +
                                            "\" is missing. Put the file back, or start the run anew.");
            continue;
        }
        const auto config = settings::configFromJson(document.dump());
        ASSERT_TRUE(config) << config.error().message.english();
        EXPECT_TRUE(setting.field.get(*config) == *setting.whenAbsent) << setting.key;
    }
}

TEST_F(SettingsTest, WhatThisVersionDoesNotKnowIsRefusedByName) {
    json document = json::parse(settings::toJson(everythingElse()));
    document["optimizer"]["lookahead"] = 5;
    EXPECT_NE(saidOf(document).find("\"optimizer.lookahead\""), std::string::npos) << saidOf(document);
    document = json::parse(settings::toJson(everythingElse()));
    document["sparkle"] = true;
    EXPECT_NE(saidOf(document).find("\"sparkle\""), std::string::npos) << saidOf(document);
    document = json::parse(settings::toJson(everythingElse()));
    document["format"] = 1000;
    EXPECT_NE(saidOf(document).find("newer version"), std::string::npos) << saidOf(document);
}

// Written by the version before the table; every key of it still means what it meant.
TEST_F(SettingsTest, AConfigFromBeforeTheTable) {
    const std::string text = readText(std::string(GRAFT_SOURCE_DIR) + "/tests/fuzz/corpus/config/good");
    const json document = json::parse(text);
    ASSERT_FALSE(document.contains("format"));
    const auto config = settings::configFromJson(text);
    ASSERT_TRUE(config) << config.error().message.english();
    const json again = json::parse(settings::toJson(*config));
    const json flat = document.flatten();  // items() refers to it
    for (const auto& [pointer, value] : flat.items()) {
        const json::json_pointer at(pointer);
        ASSERT_TRUE(again.contains(at)) << pointer;
        if (value.is_number_float()) {
            EXPECT_NEAR(again.at(at).get<double>(), value.get<double>(), 1e-6) << pointer;
        } else {
            EXPECT_EQ(again.at(at), value) << pointer;
        }
    }
}

TEST_F(SettingsTest, EveryOptionIsInTheHelpAndSetsItsValue) {
    for (const Setting& setting : settings::all()) {
        if (setting.option.empty()) continue;
        CLI::App command;
        cli::SettingOptions options;
        options.addTo(command);
        EXPECT_NE(command.help().find(setting.option), std::string::npos) << setting.option;

        const Value value = otherValue(setting);
        std::vector<std::string> arguments{setting.option};  // CLI11 takes them from the end
        if (setting.field.kind != Kind::Switch) {
            arguments.insert(arguments.begin(), settings::text(value));
        } else if (!setting.words.empty()) {
            arguments.insert(arguments.begin(), setting.words.at(std::get<bool>(value) ? 1 : 0));
        }
        ASSERT_NO_THROW(command.parse(arguments)) << setting.option;
        TrainConfig config;
        options.applyTo(config);
        EXPECT_TRUE(setting.field.get(config) == value) << setting.option;
        EXPECT_TRUE(options.has(setting.key));
    }
}

TEST_F(SettingsTest, AWrongValueIsRefusedWithWhatItMayBe) {
    const std::vector<std::array<std::string, 3>> wrong{
        {"epochs", "0", "\"Epochs\" is 0; it must be a whole number from 1 to 100000."},
        {"epochs", "2.5", "\"Epochs\" is \"2.5\"; it must be a whole number from 1 to 100000."},
        {"optimizer.learning_rate", "0",
         "\"Learning rate\" is 0; it must be a number above 0 and at most 1000."},
        {"optimizer.learning_rate", "nan", ""},
        {"optimizer.momentum", "1", "\"Momentum\" is 1; it must be a number from 0 to below 1."},
        {"precision", "float", "\"Precision\" is \"float\"; it must be auto, float32, bfloat16 or float16."},
        {"optimizer.kind", "sdg", ""},
        {"threads", "-1", "\"Threads\" is -1; it must be a whole number from 0 (one per processor) to 1024."},
        {"seed", "18446744073709551616", ""},
        {"seed", "-1", ""},
        {"preprocess.mean", "0.5,0.5", ""},
        {"preprocess.mean", "0.5,0.5,0.5,0.5", ""},
        {"preprocess.mean", "0.5,0.5,red", ""},
        {"cache.half_precision", "true", ""},
        {kOwnKey, "0", ""},
        {"optimizer.learning_rate", "1,000", ""},
        {"epochs", "010", "\"Epochs\" is \"010\"; it must be a whole number from 1 to 100000."},
        {"device", "", ""},
    };
    for (const auto& [key, text, sentence] : wrong) {
        const auto value = settings::parsed(*settings::find(key), text);
        ASSERT_FALSE(value) << key << " " << text;
        EXPECT_EQ(value.error().setting, key);
        if (!sentence.empty()) {
            EXPECT_EQ(value.error().message.english(), sentence);
        }
    }
    EXPECT_TRUE(settings::parsed(*settings::find("optimizer.learning_rate"), " 0.001 ") == Value(0.001));
    EXPECT_TRUE(settings::parsed(*settings::find("seed"), "18446744073709551615") == Value(UINT64_MAX));
}

// With 1e-30 or 1e38 the first convolution already gives infinity, whatever the learning rate and the
// weights.
// For a window in another language: the words of the table are ids within the sentence, not letters of it.
TEST_F(SettingsTest, ARefusalCarriesTheTablesWordsAsMessages) {
    const Setting& threads = *settings::find("threads");
    const auto refused = settings::parsed(threads, "-1");
    ASSERT_FALSE(refused);
    const Message& said = refused.error().message;
    ASSERT_EQ(said.arguments().size(), 3U);
    ASSERT_EQ(said.arguments()[0].message.size(), 1U);
    EXPECT_EQ(said.arguments()[0].message.front().id(), threads.label);
    ASSERT_EQ(said.arguments()[2].message.size(), 1U);
    EXPECT_EQ(said.arguments()[2].message.front().id(), "a whole number {1}");
    const auto ids = [](const auto& self, const Message& message) -> std::set<std::string> {
        std::set<std::string> found{message.id()};
        for (const Message::Argument& argument : message.arguments()) {
            for (const Message& inner : argument.message)
                found.merge(self(self, inner));
        }
        return found;
    };
    EXPECT_TRUE(ids(ids, said).contains("one per processor"));
}

TEST_F(SettingsTest, AMeanOrDeviationThatOverflowsIsRefused) {
    const auto isRefused = [](auto change) {
        TrainConfig config = everythingElse();
        change(config.preprocess);
        const auto valid = settings::validate(config);
        EXPECT_EQ(data::validate(config.preprocess).has_value(), valid.has_value());  // of a model's .json
        if (valid) return false;
        EXPECT_EQ(valid.error().setting, "preprocess.std");
        EXPECT_NE(valid.error().message.english().find("from -1000 to 1000"), std::string::npos);
        EXPECT_NE(valid.error().message.english().find("0.000001 to 1000"), std::string::npos);
        return true;
    };
    constexpr float kInfinity = std::numeric_limits<float>::infinity();
    constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
    for (std::size_t channel = 0; channel < 3; ++channel) {
        for (const float mean : {1e38F, -1e38F, 1001.0F, -1001.0F, kInfinity, kNan})
            EXPECT_TRUE(isRefused([&](auto& pixels) { pixels.mean[channel] = mean; })) << mean;
        for (const float deviation : {1e-30F, 1e-40F, 9e-7F, 0.0F, -0.2F, 1001.0F, 1e38F, kInfinity, kNan})
            EXPECT_TRUE(isRefused([&](auto& pixels) { pixels.deviation[channel] = deviation; })) << deviation;
        for (const float mean : {-1000.0F, 0.0F, 0.5F, 127.5F, 1000.0F})
            EXPECT_FALSE(isRefused([&](auto& pixels) { pixels.mean[channel] = mean; })) << mean;
        for (const float deviation : {1e-6F, 1 / 255.0F, 0.5F, 1.0F, 127.5F, 1000.0F})
            EXPECT_FALSE(isRefused([&](auto& pixels) { pixels.deviation[channel] = deviation; }))
                << deviation;
    }
    for (const backbones::CatalogueEntry& entry : backbones::catalogue())
        EXPECT_TRUE(data::validate(entry.preprocess)) << entry.name;
}

TEST_F(SettingsTest, ValidationNamesTheSetting) {
    EXPECT_TRUE(settings::validate(everythingElse()));
    const auto settingAtFault = [](auto change) {
        TrainConfig config = everythingElse();
        change(config);
        const auto valid = settings::validate(config);
        return valid ? std::string() : valid.error().setting;
    };
    EXPECT_EQ(settingAtFault([](TrainConfig& c) { c.batchSize = 0; }), "batch_size");
    EXPECT_EQ(settingAtFault([](TrainConfig& c) { c.own[kOwnKey] = 0.0; }), kOwnKey);
    EXPECT_EQ(settingAtFault([](TrainConfig& c) { c.optimizer.momentum = 0; }), "optimizer.nesterov");
    EXPECT_EQ(settingAtFault([](TrainConfig& c) { c.schedule.warmupEpochs = c.epochs; }),
              "schedule.warmup_epochs");
    EXPECT_EQ(settingAtFault([](TrainConfig& c) { c.preprocess.cropSize = c.preprocess.resizeSize + 1; }),
              "preprocess.crop");
    EXPECT_EQ(settingAtFault([](TrainConfig& c) { c.preprocess.deviation[1] = 0; }), "preprocess.std");
    EXPECT_EQ(settingAtFault([](TrainConfig& c) {
                  c.precision = settings::Precision::Float16;
                  c.device = "cpu";
              }),
              "precision");
}

TEST_F(SettingsTest, AnOptionThatChangesNothingIsRefusedWithWhatItGoesWith) {
    const auto said = [](std::vector<std::string> arguments) {
        CLI::App command;
        cli::SettingOptions options;
        options.addTo(command);
        std::ranges::reverse(arguments);
        command.parse(arguments);
        TrainConfig config;
        config.freeze.frozenUnits = {"conv1"};
        options.applyTo(config);
        const auto used = options.checkUsed(config);
        return used ? std::string() : used.error().message.english();
    };
    EXPECT_EQ(said({"--momentum", "0.5"}), "");
    EXPECT_EQ(said({"--momentum", "0.5", "--optimizer", "adam"}),
              "--momentum changes nothing here: it goes with --optimizer sgd or rmsprop and every --schedule "
              "but one_cycle. Leave it out, or give that too.");
    EXPECT_NE(said({"--momentum", "0.5", "--schedule", "one_cycle"}).find("every --schedule but one_cycle"),
              std::string::npos);
    EXPECT_NE(said({"--max-momentum", "0.5", "--schedule", "one_cycle", "--optimizer", "adagrad"}), "");
    for (const char* option : {"--epochs", "--accumulate", "--early-stop", "--clip-norm"}) {
        EXPECT_NE(said({option, "3", "--optimizer", "lbfgs"}).find("every --optimizer but lbfgs"),
                  std::string::npos)
            << option;
    }
    EXPECT_EQ(said({"--epochs", "3", "--optimizer", "lbfgs", "--phases", "own", "--phase-list", "1 all"}),
              "");
    EXPECT_EQ(said({"--test-temperature", "2", "--optimizer", "adam"}), "");
    EXPECT_NE(said({"--test-temperature", "2"}), "");
    EXPECT_NE(said({"--min-area", "0.5", "--no-random-crop"}).find("random crops (no --no-random-crop)"),
              std::string::npos);
    EXPECT_NE(said({"--cache-gb", "2", "--cache-variants", "0"}), "");
    EXPECT_EQ(said({"--cache-gb", "2"}), "");
    EXPECT_NE(said({"--cache-gb", "2", "--mixup", "0.2"}).find("without --mixup"), std::string::npos);
    EXPECT_EQ(said({"--cache-variants", "2"}), "");
    for (const char* mixing : {"--mixup", "--cutmix"}) {
        EXPECT_EQ(said({"--cache-variants", "2", mixing, "0.2"}),
                  "--cache-variants changes nothing here: it goes with frozen units, and without --mixup or "
                  "--cutmix. Leave it out, or give that too.");
        EXPECT_EQ(said({"--cache-variants", "0", mixing, "0.2"}), "") << "it asks for nothing";
    }
}

TEST_F(SettingsTest, LambScalesEveryStepByItselfWhereEverythingDecays) {
    TrainConfig config;
    const auto isShown = [&] { return settings::applies(*settings::find("optimizer.always_adapt"), config); };
    EXPECT_FALSE(isShown());
    config.optimizer.kind = "lamb";
    EXPECT_TRUE(isShown());
    config.optimizer.weightDecay = 0.01;
    EXPECT_TRUE(isShown()) << "norms and biases have none";
    config.optimizer.decayNorms = true;
    EXPECT_FALSE(isShown());
}

TEST_F(SettingsTest, AnOptionIsUsedWhereAPhaseHasNoValueOfItsOwn) {
    const auto said = [](const std::string& option, const std::vector<settings::Phase>& phases) {
        CLI::App command;
        cli::SettingOptions options;
        options.addTo(command);
        command.parse(std::vector<std::string>{"own", "--phases", "adam", "--optimizer", "0.5", option});
        const auto used = options.checkUsed(TrainConfig(), phases);
        return used ? std::string() : used.error().message.english();
    };
    settings::Phase first{"head", 1, 5, {}};
    settings::Phase second{"all", 6, 5, {}};
    EXPECT_EQ(said("--lr", {first, second}), "");
    EXPECT_NE(said("--momentum", {first, second}).find("--optimizer sgd"), std::string::npos);
    first.settings["optimizer.kind"] = std::string("sgd");
    EXPECT_EQ(said("--momentum", {first, second}), "");
    first.settings["optimizer.learning_rate"] = 0.1;
    EXPECT_EQ(said("--lr", {first, second}), "");
    second.settings["optimizer.learning_rate"] = 0.01;
    EXPECT_EQ(
        said("--lr", {first, second}),
        "--lr changes nothing here: every phase sets its own. Leave it out, or take it out of a phase.");
}

TEST_F(SettingsTest, TheCacheIsSetWhereAnyPhaseHasFrozenUnits) {
    TrainConfig config;  // nothing is frozen
    const auto applies = [&](const char* key) { return settings::applies(*settings::find(key), config); };
    const auto isShown = [&] {
        EXPECT_EQ(applies("cache.variants"), applies("cache.half_precision"));
        return applies("cache.variants");
    };
    EXPECT_FALSE(isShown());
    for (const char* plan : {"head_first", "gradual", "own"}) {
        config.own["phases.kind"] = std::string(plan);
        EXPECT_TRUE(isShown()) << plan;
    }
    config.own["phases.kind"] = std::string("head_first");
    config.own["mixing.cutmix"] = 1.0;  // no features are kept
    EXPECT_FALSE(isShown());
    // How many there are does not decide whether it can be said.
    config = TrainConfig();
    config.freeze.frozenUnits = {"conv1"};
    config.cache.variants = 0;
    EXPECT_TRUE(applies("cache.variants"));
    EXPECT_FALSE(applies("cache.half_precision"));
}

// As docs/add-a-method.md tells it: nothing but the row says that no features can be kept.
TEST_F(SettingsTest, AHookOfOnesOwnMixesImagesByItsRow) {
    const std::string key = std::string(kOwnKey) + "_mixing";
    if (settings::find(key) == nullptr) {
        settings::add({
            .key = key,
            .option = "--test-mixing",
            .group = settings::Group::Augmentation,
            .label = GRAFT_TEXT("Test mixing"),
            .help = GRAFT_TEXT("Of this test alone"),
            .field = settings::ownNumber(key, 0, settings::from(0, 1)),
            .applies = {.holds = settings::takesSteps, .goesWith = settings::kWithSteps},
            .whenAbsent = 0.0,
            .mixesImages = true,
        });
    }
    TrainConfig config;
    config.freeze.frozenUnits = {"conv1"};
    EXPECT_FALSE(settings::mixesImages(config));
    EXPECT_TRUE(settings::applies(*settings::find("cache.variants"), config));
    config.own[key] = 0.5;
    EXPECT_TRUE(settings::mixesImages(config));
    EXPECT_FALSE(settings::applies(*settings::find("cache.variants"), config));
    config.optimizer.kind = "lbfgs";  // takes no steps to mix for
    EXPECT_FALSE(settings::mixesImages(config));
}

TEST_F(SettingsTest, AnotherBackboneKeepsWhatWasChanged) {
    const TrainConfig before;
    for (const Setting& setting : settings::all()) {
        TrainConfig now = before;
        setting.field.set(now, otherValue(setting));
        TrainConfig fresh = before;
        fresh.preprocess.resizeSize = 300;  // of the other's weights
        const Value brought = setting.field.get(fresh);
        settings::keepChanged(fresh, now, before);
        EXPECT_TRUE(setting.field.get(fresh) == (setting.ofWeights ? brought : setting.field.get(now)))
            << setting.key;
        EXPECT_EQ(fresh.preprocess.resizeSize, 300) << setting.key;
    }
}

TEST(SettingsPageTest, TheCommandLinesPageHasTheTable) {
    // Without the rows of this test.
    std::string table;
    std::istringstream lines(settings::asMarkdown());
    for (std::string line; std::getline(lines, line);) {
        if (line.find(kOwnKey) == std::string::npos) table += line + "\n";
    }
    const std::string page = readText(std::string(GRAFT_SOURCE_DIR) + "/docs/cli.md");
    EXPECT_NE(page.find(table), std::string::npos) << "docs/cli.md lacks this table:\n" << table;
}

}  // namespace

}  // namespace graft::test
