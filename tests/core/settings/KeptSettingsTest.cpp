// SPDX-License-Identifier: GPL-3.0-or-later
// Settings that were left by another version of Graft, or are damaged.
#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "core/settings/Settings.h"

namespace graft {

using Json = nlohmann::ordered_json;

namespace {

Json written(int epochs) {
    settings::TrainConfig config;
    config.epochs = epochs;
    return Json::parse(settings::toJson(config));
}

}  // namespace

TEST(KeptSettingsTest, WhatWasWrittenComesBack) {
    const auto kept = settings::keptConfigFromJson(written(17).dump());
    ASSERT_TRUE(kept);
    EXPECT_EQ(kept->config.epochs, 17);
    EXPECT_TRUE(kept->ignored.empty());
}

TEST(KeptSettingsTest, WhatCannotBeReadIsNamedAndTheRestStays) {
    Json json = written(17);
    json["of_tomorrow"] = 1;
    json["optimizer"]["momentum"] = "much";
    json["optimizer"]["weight_decay"] = 0.0005;
    json.erase("batch_size");  // of a version that had no such setting
    auto kept = settings::keptConfigFromJson(json.dump());
    ASSERT_TRUE(kept) << kept.error().sentence();
    EXPECT_EQ(kept->config.epochs, 17);
    EXPECT_EQ(kept->config.optimizer.weightDecay, 0.0005);
    EXPECT_EQ(kept->config.optimizer.momentum, settings::TrainConfig().optimizer.momentum);
    EXPECT_EQ(kept->config.batchSize, settings::TrainConfig().batchSize);
    std::ranges::sort(kept->ignored);
    EXPECT_EQ(kept->ignored, (std::vector<std::string>{"of_tomorrow", "optimizer.momentum"}));
}

// A crop is never larger than its picture: neither could be taken alone before the other.
TEST(KeptSettingsTest, WhatGoesTogetherIsTakenTogether) {
    settings::TrainConfig config;
    config.preprocess.resizeSize = 600;
    config.preprocess.cropSize = 500;
    Json json = Json::parse(settings::toJson(config));
    json["of_tomorrow"] = true;
    const auto kept = settings::keptConfigFromJson(json.dump());
    ASSERT_TRUE(kept) << kept.error().sentence();
    EXPECT_EQ(kept->config.preprocess.cropSize, 500);
    EXPECT_EQ(kept->config.preprocess.resizeSize, 600);
    EXPECT_EQ(kept->ignored, std::vector<std::string>{"of_tomorrow"});
}

TEST(KeptSettingsTest, WhatIsNoJsonIsAnError) {
    for (const char* text : {"", "{ \"epochs\": 17", "[1, 2]"}) {
        const auto kept = settings::keptConfigFromJson(text);
        ASSERT_FALSE(kept) << text;
        EXPECT_EQ(kept.error().code, ErrorCode::BadFormat) << text;
    }
}

}  // namespace graft
