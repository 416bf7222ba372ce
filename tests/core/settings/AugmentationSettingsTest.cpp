// SPDX-License-Identifier: GPL-3.0-or-later
// Augmentations as settings: one that exists in this file alone is found wherever settings are, and in the
// pixels; and the presets.
#include <gtest/gtest.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "app/graft-cli/SettingOptions.h"
#include "core/data/Preprocess.h"
#include "core/data/augment/Augmentation.h"
#include "core/settings/AugmentationPresets.h"
#include "core/settings/Settings.h"

namespace graft::test {

namespace {

using nlohmann::json;
using settings::Setting;
using settings::TrainConfig;

// As docs/add-a-method.md tells it: pixels become white.
data::Augmentation snow() {
    return {
        .name = "test_snow",
        .knobs =
            {
                {
                    .name = "test_snow",
                    .option = "--test-snow",
                    .label = GRAFT_TEXT("Snow"),
                    .help = GRAFT_TEXT("Share of the pixels that become white"),
                    .usual = 0.0,
                },
                {
                    .name = "test_snow_grey",
                    .option = "--test-snow-grey",
                    .label = GRAFT_TEXT("Snow's shade"),
                    .help = GRAFT_TEXT("From black, 0, to white, 255"),
                    .usual = std::int64_t{255},
                    .highest = 255,
                    .isDetail = true,
                },
            },
        .bytes =
            [](base::Image& image, const data::Dials& dials, base::RandomStream& random) {
                for (std::size_t i = 0; i < image.pixels.size(); i += 3) {
                    if (random.uniform() >= dials.number("test_snow")) continue;
                    std::fill_n(image.pixels.begin() + static_cast<std::ptrdiff_t>(i), 3,
                                static_cast<std::uint8_t>(dials.whole("test_snow_grey")));
                }
            },
    };
}

class AugmentationSettingsTest : public testing::Test {
  protected:
    static void SetUpTestSuite() { settings::addAugmentation(snow()); }
};

TEST_F(AugmentationSettingsTest, OneOfOnesOwnIsInTheJsonTheOptionsAndThePixels) {
    const Setting* snow = settings::find("augment.test_snow");
    const Setting* grey = settings::find("augment.test_snow_grey");
    ASSERT_TRUE(snow != nullptr && grey != nullptr);
    EXPECT_EQ(snow->group, settings::Group::Augmentation);  // of which the panel makes its rows
    EXPECT_TRUE(snow->inPanel);
    EXPECT_FALSE(settings::applies(*grey, TrainConfig()));

    CLI::App command;
    cli::SettingOptions options;
    options.addTo(command);
    EXPECT_NE(command.help().find("Share of the pixels that become white"), std::string::npos);
    std::vector<std::string> arguments{"7", "--test-snow-grey", "0.5", "--test-snow"};  // from the end
    command.parse(arguments);
    TrainConfig config;
    options.applyTo(config);
    EXPECT_TRUE(options.checkUsed(config));
    EXPECT_TRUE(settings::applies(*grey, config));

    const json document = json::parse(settings::toJson(config));
    EXPECT_EQ(document.at("augment").at("test_snow").get<double>(), 0.5);
    EXPECT_EQ(document.at("augment").at("test_snow_grey").get<int>(), 7);
    const auto read = settings::configFromJson(document.dump());
    ASSERT_TRUE(read) << read.error().message.english();
    EXPECT_EQ(read->augment, config.augment);
    EXPECT_NE(settings::pixelText(config), settings::pixelText(TrainConfig()));

    data::PreprocessOptions pixels;
    pixels.resizeSize = pixels.cropSize = 40;
    pixels.mean = {0, 0, 0};
    pixels.deviation = {1 / 255.0F, 1 / 255.0F, 1 / 255.0F};
    base::Image black(40, 40);
    const auto numbers = data::preprocessAugmented(black, pixels, read->augment, 1);
    const auto white = std::ranges::count_if(numbers, [](float value) { return value > 6.9F; });
    EXPECT_NEAR(static_cast<double>(white), 2400, 180);  // half of 40 x 40 x 3, four standard deviations
    EXPECT_NE(data::preprocessAugmented(black, pixels, read->augment, 2), numbers);
    EXPECT_EQ(data::preprocessAugmented(black, pixels, {}, 1), std::vector<float>(4800, 0.0F));
}

TEST_F(AugmentationSettingsTest, ARunThatKnewNoneHasNone) {
    json document = json::parse(settings::toJson(TrainConfig()));
    const json before{{"random_resized_crop", true}, {"minimum_area", 0.3}, {"horizontal_flip", false}};
    document["augment"] = before;
    const auto config = settings::configFromJson(document.dump());
    ASSERT_TRUE(config) << config.error().message.english();
    data::AugmentOptions expected;
    expected.minimumArea = 0.3;
    expected.horizontalFlip = false;
    EXPECT_EQ(config->augment, expected);
}

TEST_F(AugmentationSettingsTest, WhatIsOutOfRangeIsNamed) {
    const auto said = [](const std::string& key, const std::string& text) {
        const auto value = settings::parsed(*settings::find(key), text);
        return value ? std::string() : value.error().message.english();
    };
    EXPECT_EQ(said("augment.rotation", "180"), "");
    EXPECT_EQ(said("augment.rotation", "200"), "\"Rotation\" is 200; it must be a number from 0 to 180.");
    EXPECT_NE(said("augment.hue", "0.6"), "");
    EXPECT_NE(said("augment.brightness", "-0.1"), "");
    EXPECT_NE(said("augment.augmix_severity", "0"), "");
    EXPECT_NE(said("augment.outside", "pink"), "");
    TrainConfig config;
    config.augment.maximumArea = 0.05;
    const auto valid = settings::validate(config);
    ASSERT_FALSE(valid);
    EXPECT_EQ(valid.error().setting, "augment.minimum_area");
}

TEST_F(AugmentationSettingsTest, DetailsAreForWhatIsOn) {
    const auto applies = [](const std::string& key, const TrainConfig& config) {
        return settings::applies(*settings::find(key), config);
    };
    TrainConfig config;
    EXPECT_FALSE(applies("augment.outside", config));
    EXPECT_FALSE(applies("augment.blur_share", config));
    EXPECT_EQ(settings::goesWith(*settings::find("augment.blur_share")).english(), "--blur");
    config.augment.more["blur"] = 1.0;
    EXPECT_TRUE(applies("augment.blur_share", config));
    EXPECT_FALSE(applies("augment.outside", config));
    config.augment.more["vertical_flip"] = true;
    EXPECT_FALSE(applies("augment.outside", config));
    config.augment.more["rotation"] = 1.0;
    EXPECT_TRUE(applies("augment.outside", config));
}

TEST_F(AugmentationSettingsTest, EachPresetIsValidAndRecognised) {
    std::set<std::string> names;
    for (const settings::AugmentationPreset& preset : settings::augmentationPresets()) {
        SCOPED_TRACE(preset.name);
        EXPECT_TRUE(names.insert(preset.name).second);
        EXPECT_FALSE(preset.label.empty());
        EXPECT_FALSE(preset.help.empty() || preset.help.ends_with('.'));
        TrainConfig config;
        config.epochs = 77;
        config.augment.more["noise"] = 0.3;  // of another one before
        settings::apply(preset, config);
        EXPECT_EQ(config.epochs, 77);
        EXPECT_TRUE(settings::validate(config));
        for (const auto& [key, value] : preset.values) {
            const Setting* setting = settings::find(key);
            ASSERT_NE(setting, nullptr) << key;
            EXPECT_TRUE(setting->field.get(config) == value) << key;
            EXPECT_TRUE(settings::applies(*setting, config)) << key;
        }
        ASSERT_NE(settings::presetOf(config), nullptr);
        EXPECT_EQ(settings::presetOf(config)->name, preset.name);
        config.augment.more["noise"] = 0.3;
        EXPECT_EQ(settings::presetOf(config), nullptr);
        EXPECT_EQ(settings::findAugmentationPreset(preset.name), &preset);
    }
    EXPECT_EQ(names, (std::set<std::string>{"none", "gentle", "standard", "photo", "any_angle", "document",
                                            "strong"}));
    EXPECT_EQ(settings::findAugmentationPreset("pink"), nullptr);
    EXPECT_EQ(settings::presetOf(TrainConfig())->name, "standard");
}

TEST_F(AugmentationSettingsTest, PresetsKeepTheirPromises) {
    const auto configOf = [](const std::string& name) {
        TrainConfig config;
        settings::apply(*settings::findAugmentationPreset(name), config);
        return config;
    };
    EXPECT_FALSE(data::changesAnything(configOf("none").augment));
    const data::AugmentOptions document = configOf("document").augment;
    EXPECT_FALSE(document.horizontalFlip || document.more.contains("vertical_flip") ||
                 document.more.contains("quarter_turns"));
    EXPECT_EQ(std::get<double>(configOf("any_angle").augment.more.at("rotation")), 180);
}

}  // namespace

}  // namespace graft::test
