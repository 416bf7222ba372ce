// SPDX-License-Identifier: GPL-3.0-or-later
// Runs beside each other, line by line.
#include "core/training/RunComparison.h"

#include <algorithm>

#include "tests/support/PlainRun.h"

namespace graft::test {

namespace {

using settings::TrainConfig;
using training::ComparedRow;
using training::Comparison;

class RunComparisonTest : public testing::Test {
  protected:
    std::string path(const std::string& name) const { return m_folder.path(name); }
    Comparison compared(const std::vector<std::string>& names) const {
        std::vector<std::string> folders;
        for (const std::string& name : names)
            folders.push_back(path(name));
        auto comparison = training::compareRuns(folders);
        EXPECT_TRUE(comparison) << comparison.error().sentence();
        return comparison.value_or(Comparison{});
    }
    static const ComparedRow* find(const std::vector<ComparedRow>& rows, const std::string& key) {
        const auto found = std::ranges::find(rows, key, &ComparedRow::key);
        return found == rows.end() ? nullptr : &*found;
    }
    static std::vector<std::string> textsOf(const std::vector<ComparedRow>& rows, const std::string& key) {
        const ComparedRow* row = find(rows, key);
        if (row == nullptr) return {};
        std::vector<std::string> texts;
        for (const training::ComparedValue& value : row->values)
            texts.push_back(value.text.english());
        return texts;
    }
    static std::vector<std::string> differingKeys(const Comparison& comparison) {
        std::vector<std::string> keys;
        for (std::size_t i = 0; i < comparison.differing; ++i)
            keys.push_back(comparison.given[i].key);
        return keys;
    }

  private:
    TemporaryFolder m_folder;
};

using Texts = std::vector<std::string>;

TEST_F(RunComparisonTest, WhatDiffersComesFirstInTheTablesOrder) {
    TrainConfig config;
    writePlainRun(path("a"), config, {0.5, 0.75}, "2026-01-01 00:00:00");
    config.epochs = 30;
    config.optimizer.learningRate = 0.001;
    config.seed = 7;
    writePlainRun(path("b"), config, {0.9}, "2026-01-01 00:00:00");
    const Comparison comparison = compared({"a", "b"});
    EXPECT_EQ(differingKeys(comparison), (Texts{"epochs", "optimizer.learning_rate", "seed"}));
    EXPECT_EQ(textsOf(comparison.given, "epochs"), (Texts{"10", "30"}));
    EXPECT_EQ(textsOf(comparison.given, "optimizer.learning_rate"), (Texts{"0.01", "0.001"}));
    for (std::size_t i = 0; i < comparison.given.size(); ++i)
        EXPECT_EQ(comparison.given[i].differs, i < comparison.differing) << comparison.given[i].key;
    ASSERT_NE(find(comparison.given, "batch_size"), nullptr);
    EXPECT_FALSE(find(comparison.given, "batch_size")->differs);
    EXPECT_EQ(textsOf(comparison.outcome, "best"), (Texts{"75.0 %", "90.0 %"}));
    EXPECT_EQ(textsOf(comparison.outcome, "best_epoch"), (Texts{"2", "1"}));
    EXPECT_EQ(textsOf(comparison.outcome, "epochs_done"), (Texts{"2 of 10", "1 of 30"}));
    EXPECT_EQ(textsOf(comparison.outcome, "seconds"), (Texts{"3.0", "1.5"}));
}

// SGD has a momentum, Adam has none: its default would be untrue.
TEST_F(RunComparisonTest, WhatDoesNotApplyIsNoValue) {
    TrainConfig config;
    config.optimizer.momentum = 0.8;
    writePlainRun(path("sgd"), config, {0.5}, "2026-01-01 00:00:00");
    config.optimizer.kind = "adam";
    writePlainRun(path("adam"), config, {0.5}, "2026-01-01 00:00:00");
    const Comparison comparison = compared({"sgd", "adam"});
    EXPECT_EQ(textsOf(comparison.given, "optimizer.momentum"), (Texts{"0.8", "does not apply"}));
    const ComparedRow* momentum = find(comparison.given, "optimizer.momentum");
    ASSERT_NE(momentum, nullptr);
    EXPECT_TRUE(momentum->differs);
    EXPECT_EQ(momentum->values[0].value.value_or(""), "0.8");
    EXPECT_FALSE(momentum->values[1].value);
    EXPECT_EQ(textsOf(comparison.given, "optimizer.kind"), (Texts{"SGD", "Adam"}));
    EXPECT_EQ(find(comparison.given, "schedule.gamma"), nullptr) << "no schedule here has one";
    // Every setting has a row, or is counted.
    std::size_t settings = 0;
    for (const ComparedRow& row : comparison.given)
        settings += settings::find(row.key) != nullptr ? 1 : 0;
    EXPECT_EQ(settings + comparison.idle, settings::all().size());
}

TEST_F(RunComparisonTest, OtherPicturesAreSeenAndAnotherPlaceIsNone) {
    TrainConfig config;
    config.datasetFolder = path("pictures");
    fs::create_directories(config.datasetFolder);
    writePlainRun(path("a"), config, {0.5}, "2026-01-01 00:00:00");
    config.datasetFolder = path("elsewhere");
    writePlainRun(path("moved"), config, {0.5}, "2026-01-01 00:00:00");
    EXPECT_EQ(differingKeys(compared({"a", "moved"})), Texts{"dataset_folder"});
    EXPECT_EQ(textsOf(compared({"a", "moved"}).given, "dataset_folder"),
              (Texts{path("pictures"), path("elsewhere") + " (not there now)"}));

    auto list = nlohmann::json::parse(readText(path("a/dataset.json")));
    list["files"][3]["sha256"] = std::string(64, 'f');  // of the validation images
    writeText(path("a/dataset.json"), list.dump());
    EXPECT_EQ(differingKeys(compared({"a", "moved"})), (Texts{"dataset_folder", "validation_images"}));
    list["classes"] = {"cat", "mouse"};
    writeText(path("a/dataset.json"), list.dump());
    const Comparison classes = compared({"a", "moved"});
    EXPECT_EQ(textsOf(classes.given, "classes"), (Texts{"2: cat, mouse", "2: cat, dog"}));
    fs::remove(path("a/dataset.json"));
    EXPECT_EQ(textsOf(compared({"a", "moved"}).given, "classes"), (Texts{"not known", "2: cat, dog"}));
}

TEST_F(RunComparisonTest, MoreThanTwoAndWhatCannotBeRead) {
    TrainConfig config;
    for (const char* name : {"a", "b", "c"})
        writePlainRun(path(name), config, {0.5}, "2026-01-01 00:00:00");
    config.batchSize = 64;
    writePlainRun(path("c"), config, {0.5}, "2026-01-01 00:00:00", false);
    const Comparison comparison = compared({"a", "b", "c"});
    EXPECT_EQ(differingKeys(comparison), Texts{"batch_size"});
    EXPECT_EQ(textsOf(comparison.given, "batch_size"), (Texts{"32", "32", "64"}));
    EXPECT_EQ(comparison.runs.size(), 3U);
    const auto refused = training::compareRuns({path("a"), path("nowhere")});
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::NotFound);
}

TEST_F(RunComparisonTest, AValueIsShownAsAPersonReadsIt) {
    TrainConfig config;
    const auto rows = training::settingsOf(config);
    EXPECT_EQ(textsOf(rows, "threads"), Texts{"0 (one per processor)"});
    EXPECT_EQ(textsOf(rows, "early_stop_epochs"), Texts{"0 (never)"});
    EXPECT_EQ(textsOf(rows, "oversample"), Texts{"off"});
    EXPECT_EQ(find(rows, "schedule.gamma"), nullptr);
}

}  // namespace

}  // namespace graft::test
