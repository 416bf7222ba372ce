// SPDX-License-Identifier: GPL-3.0-or-later
// A run's files as somebody may have edited them: each is refused in a sentence that names the value.
#include "core/settings/Settings.h"
#include "core/training/detail/RunJson.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "core/settings/TrainConfig.h"
#include "core/training/BestEpoch.h"
#include "tests/support/TestFiles.h"

namespace graft::test {

namespace {

std::string good(const std::string& target) {
    return readText(std::string(GRAFT_SOURCE_DIR) + "/tests/fuzz/corpus/" + target + "/good");
}

// The good file with one part replaced, and what is said of it; empty if it is taken.
template <class Read>
std::string said(const std::string& target, const std::string& part, const std::string& other, Read read) {
    std::string text = good(target);
    const auto at = text.find(part);
    EXPECT_NE(at, std::string::npos) << part;
    if (at != std::string::npos) text.replace(at, part.size(), other);
    const auto value = read(text);
    return value ? "" : value.error().message.english();
}

// What a run can be judged by stands in its metrics, under the name that the setting has for it.
TEST(RunJsonTest, EveryFigureThatSaysWhatIsBestIsWrittenUnderItsName) {
    training::EpochDone epoch;
    epoch.valAccuracy = 0.5;
    epoch.valLoss = 0.25;
    epoch.balancedAccuracy = 0.75;
    epoch.macroF1 = 0.125;
    const auto line = nlohmann::json::parse(training::toJsonLines({epoch}));
    for (const char* key : {"stopping.best_by", "stopping.stop_on"}) {
        const settings::Setting* setting = settings::find(key);
        ASSERT_NE(setting, nullptr);
        EXPECT_EQ(setting->field.choices.size(), 4U);
        for (const settings::Choice& choice : setting->field.choices) {
            settings::TrainConfig config;
            config.stopping.bestBy = config.stopping.stopOn = settings::Figure::Accuracy;
            setting->field.set(config, choice.name);
            const bool isBest = setting->key == "stopping.best_by";
            const auto figure = isBest ? config.stopping.bestBy : config.stopping.stopOn;
            ASSERT_TRUE(line.contains("val_" + choice.name)) << choice.name;
            EXPECT_EQ(line["val_" + choice.name].get<double>(), training::figureOf(epoch, figure).value());
        }
    }
}

TEST(RunJsonTest, DatasetJson) {
    const auto dataset = [](const std::string& part, const std::string& other) {
        return said("dataset", part, other,
                    [](const std::string& text) { return training::datasetFromJson(text, "d"); });
    };
    EXPECT_EQ(dataset("\"train\"", "\"train\""), "");
    EXPECT_EQ(dataset("\"train\"", "\"tset\""),
              "The run's list of files is damaged: \"files[0].split\" is \"tset\", which is no split.");
    EXPECT_EQ(dataset("\"class\": 1", "\"class\": 2"),
              "The run's list of files is damaged: \"files[1].class\" is none of the classes.");
    EXPECT_EQ(dataset("\"class\": 1", "\"class\": 0.5"),
              "The run's list of files is damaged: \"files[1].class\" is no whole number.");
}

TEST(RunJsonTest, MetricsJsonl) {
    const auto metrics = [](const std::string& part, const std::string& other) {
        return said("metrics", part, other,
                    [](const std::string& text) { return training::epochsFromJsonLines(text, "m"); });
    };
    EXPECT_EQ(metrics("\"val_accuracy\": 0.5", "\"val_accuracy\": 1"), "");
    EXPECT_EQ(metrics("\"epoch\": 1", "\"epoch\": 2"),
              "Line 1 of the run's figures is damaged: \"epoch\" is not the next epoch.");
    EXPECT_EQ(metrics("\"val_accuracy\": 0.5", "\"val_accuracy\": 1.5"),
              "Line 1 of the run's figures is damaged: \"val_accuracy\" is 1.5; it must be from 0 to 1.");
    EXPECT_EQ(metrics("\"val_loss\": 1.5", "\"val_loss\": null"),
              "Line 1 of the run's figures is damaged: \"val_loss\" is no finite number.");
}

TEST(RunJsonTest, RecallByClassInMetricsJsonl) {
    const auto metrics = [](const std::string& recall) {
        return said("metrics", "\"val_images\": 2", "\"val_images\": 2, \"val_recall\": " + recall,
                    [](const std::string& text) { return training::epochsFromJsonLines(text, "m"); });
    };
    EXPECT_EQ(metrics("[0.5, null, 1]"), "");
    EXPECT_EQ(metrics("[0.5, 1.5]"),
              "Line 1 of the run's figures is damaged: \"val_recall[1]\" is 1.5; it must be from 0 to 1.");
    EXPECT_NE(metrics("\"all\""), "");

    const auto older = training::epochsFromJsonLines(good("metrics"), "m").value();
    EXPECT_TRUE(older.front().recall.empty());
    training::EpochDone epoch = older.front();
    epoch.recall = {0.1, std::nullopt, 1.0 / 3};
    const auto back = training::epochsFromJsonLines(training::toJsonLines({epoch}), "m").value();
    EXPECT_EQ(back.front().recall, epoch.recall);
}

TEST(RunJsonTest, DecisionsJsonAndTheCheckpointsProgress) {
    const auto decisions = [](const std::string& part, const std::string& other) {
        return said("decisions", part, other,
                    [](const std::string& text) { return training::decisionsFromJson(text, "d"); });
    };
    EXPECT_EQ(decisions("\"threads\": 2", "\"threads\": 3"), "");
    EXPECT_EQ(
        decisions("\"bfloat16\"", "\"int8\""),
        "What the run decided at its start is damaged: \"features.type\" is \"int8\", which is unknown. "
        "Start the run anew.");
    EXPECT_NE(decisions("\"bfloat16\"", "\"float16\""), "");  // of a CPU
    EXPECT_NE(decisions("\"threads\": 2", "\"threads\": 65536"), "");
    const auto progress = [](const std::string& part, const std::string& other) {
        return said("progress", part, other,
                    [](const std::string& text) { return training::progressFromJson(text, "p"); });
    };
    EXPECT_EQ(progress("\"correct\": 1", "\"correct\": 0"), "");
    EXPECT_EQ(progress("\"epoch\": 2", "\"epoch\": 3"),
              "The checkpoint is damaged: \"epoch\" is not the one behind those that are done. Start the run "
              "anew.");
    EXPECT_EQ(progress("\"correct\": 1", "\"correct\": 1000000"),
              "The checkpoint is damaged: \"correct\" is more than there were images. Start the run anew.");
}

TEST(RunJsonTest, ConfigJson) {
    const auto config = [](const std::string& part, const std::string& other) {
        return said("config", part, other, settings::configFromJson);
    };
    EXPECT_EQ(config("\"epochs\": 2,", "\"epochs\": 3,"), "");
    EXPECT_EQ(config("\"epochs\": 2,", "\"epochs\": 2.5,"),
              "The run's configuration is damaged: \"epochs\" is no whole number. Put the file back, or "
              "start the run anew.");
    EXPECT_EQ(config("\"momentum\": 0.9", "\"momentum\": null"),
              "The run's configuration is damaged: \"optimizer.momentum\" is no finite number. Put the file "
              "back, or start the run anew.");
}

}  // namespace

}  // namespace graft::test
