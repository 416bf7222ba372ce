// SPDX-License-Identifier: GPL-3.0-or-later
// Features are kept under a key of what the image looks like: other pixels never have the same, and what
// changes no pixel changes no key.
#include "core/training/detail/FeatureKeys.h"

#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <cstdio>
#include <set>
#include <string>

#include "core/settings/Settings.h"

namespace graft::test {

namespace {

using settings::Kind;
using settings::Setting;
using settings::TrainConfig;
using settings::Value;

training::RowKey keyOf(const TrainConfig& config, int variant = 3) {
    data::Sample sample;
    sample.sha256 = "ab";
    return training::variantKey(sample, training::lookOf(config), variant);
}

std::string hex(const training::RowKey& key) {
    std::string text;
    for (const std::uint8_t byte : key) {
        std::array<char, 3> digits{};
        std::snprintf(digits.data(), digits.size(), "%02x", byte);
        text += digits.data();
    }
    return text;
}

// Another value than the one that is there.
Value otherValue(const Setting& setting, const TrainConfig& config) {
    const Value now = setting.field.get(config);
    switch (setting.field.kind) {
        case Kind::Switch:
            return !std::get<bool>(now);
        case Kind::Whole:
            return std::get<std::int64_t>(now) + 1;
        case Kind::Number:
            return std::get<double>(now) / 2 + 0.01;
        default:
            return setting.field.choices.back().name;
    }
}

// Every augmentation is on, so that each setting decides about pixels.
TrainConfig everythingOn() {
    TrainConfig config;
    for (const Setting& setting : settings::all()) {
        if (!setting.changesPixels || setting.option.starts_with("--no-")) continue;
        if (setting.field.kind == Kind::Choice || !setting.whenAbsent) continue;
        const Value usual = setting.field.get(TrainConfig());
        if (usual == Value(false) || usual == Value(0.0) || usual == Value(std::int64_t{0}))
            setting.field.set(config, otherValue(setting, config));
    }
    return config;
}

// hashlib.blake2b of what the version before the list of augmentations made its keys of.
TEST(FeatureKeysTest, CropsAndFlipsOfEarlierRunsAreFound) {
    TrainConfig config;
    EXPECT_EQ(hex(keyOf(config)), "7436d663d3a5999969fac157778bf503");
    config.augment.randomResizedCrop = false;
    EXPECT_EQ(hex(keyOf(config)), "e9732ca04969f4cc8acd4c2e62daf280");
    config.augment.horizontalFlip = false;
    EXPECT_EQ(hex(keyOf(config)), "beb38aad1f7d8b94c012a0b2a252bb25");
    EXPECT_EQ(hex(keyOf(config, 7)), "beb38aad1f7d8b94c012a0b2a252bb25")
        << "all variants are the centre crop";
}

TEST(FeatureKeysTest, EachSettingOfAnAugmentationGivesAnotherKey) {
    const TrainConfig config = everythingOn();
    std::set<training::RowKey> keys{keyOf(config)};
    std::size_t settings = 0;
    for (const Setting& setting : settings::all()) {
        EXPECT_EQ(setting.changesPixels, setting.key.starts_with("augment.")) << setting.key;
        if (!setting.changesPixels) continue;
        ASSERT_TRUE(settings::applies(setting, config)) << setting.key;
        TrainConfig other = config;
        setting.field.set(other, otherValue(setting, config));
        ASSERT_FALSE(setting.field.get(other) == setting.field.get(config)) << setting.key;
        EXPECT_TRUE(keys.insert(keyOf(other)).second) << setting.key;
        ++settings;
    }
    EXPECT_GE(settings, 28U);
    EXPECT_TRUE(keys.insert(keyOf(config, 4)).second) << "another variant";
}

TEST(FeatureKeysTest, WhatChangesNoPixelChangesNoKey) {
    const TrainConfig config;
    for (const Setting& setting : settings::all()) {
        if (setting.changesPixels && settings::applies(setting, config)) continue;
        if (setting.field.kind == Kind::Text || setting.field.kind == Kind::Colour) continue;
        if (std::holds_alternative<std::uint64_t>(setting.field.get(config))) continue;
        TrainConfig other = config;
        setting.field.set(other, otherValue(setting, config));
        EXPECT_EQ(keyOf(other), keyOf(config)) << setting.key;
    }
}

}  // namespace

}  // namespace graft::test
