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
    EXPECT_EQ(textsOf(comparison.outcome, "seconds"), (Texts{"3.0 s", "1.5 s"}));
    EXPECT_EQ(find(comparison.outcome, "seconds")->values[0].value.value_or(""), "3.0");  // as JSON has it
}

TEST_F(RunComparisonTest, WhatARunGoesByIsKnownBeforeItsFirstEpoch) {
    TrainConfig config;
    config.stopping.bestBy = settings::Figure::Loss;
    writePlainRun(path("loss"), config, {}, "2026-01-01 00:00:00", false);
    config.stopping.keep = settings::Keep::Last;
    writePlainRun(path("last"), config, {}, "2026-01-01 00:00:00", false);
    const Comparison comparison = compared({"loss", "last"});
    const ComparedRow* by = find(comparison.outcome, "best_by");
    ASSERT_NE(by, nullptr);
    EXPECT_EQ(by->values[0].value.value_or(""), "loss");
    EXPECT_EQ(by->values[1].value.value_or(""), "last");
    EXPECT_FALSE(find(comparison.outcome, "best")->values[0].value);
}

TEST_F(RunComparisonTest, TheOutcomeFollowsFromTheCard) {
    TrainConfig config;
    config.epochs = 3;
    writePlainRun(path("run"), config, {0.5, 0.75}, "2026-01-01 00:00:00", false);
    Comparison comparison = compared({"run", "run"});
    training::RunCard& card = comparison.runs.front();
    const auto before = training::outcomeOf(card);
    EXPECT_EQ(textsOf(before, "epochs_done"), Texts{"2 of 3"});
    EXPECT_EQ(find(before, "device"), nullptr) << "the card does not tell it";
    EXPECT_EQ(before.size() + 1, comparison.outcome.size());
    card.run.epochs.pop_back();
    card.best = training::bestFigureOf(card.run);
    EXPECT_EQ(textsOf(training::outcomeOf(card), "epochs_done"), Texts{"1 of 3"});
    EXPECT_EQ(textsOf(training::outcomeOf(card), "best"), Texts{"50.0 %"});
}

TEST_F(RunComparisonTest, TimesAreWrittenAsAPersonReadsThem) {
    EXPECT_EQ(training::durationText(0).english(), "0.0 s");
    EXPECT_EQ(training::durationText(9.9).english(), "9.9 s");
    EXPECT_EQ(training::durationText(9.96).english(), "10 s");
    EXPECT_EQ(training::durationText(85).english(), "1 min 25 s");
    EXPECT_EQ(training::durationText(3599.6).english(), "1 h 0 min");
    EXPECT_EQ(training::durationText(4800).english(), "1 h 20 min");
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

// It has other numbers than one that was planned for six from the first.
TEST_F(RunComparisonTest, ARunThatWasResumedWithOtherEpochsIsNotTheSame) {
    TrainConfig config;
    config.epochs = 6;
    writePlainRun(path("a"), config, {0.5}, "2026-01-01 00:00:00");
    EXPECT_EQ(find(compared({"a"}).given, "planned_epochs"), nullptr);
    config.planChanges.push_back({3, 3, 6});
    writePlainRun(path("b"), config, {0.5}, "2026-01-01 00:00:00");
    const Comparison comparison = compared({"a", "b"});
    EXPECT_EQ(differingKeys(comparison), Texts{"planned_epochs"});
    EXPECT_EQ(textsOf(comparison.given, "planned_epochs"), (Texts{"6", "3, changed to 6 after epoch 3"}));
    EXPECT_EQ(textsOf(compared({"b"}).given, "planned_epochs"), Texts{"3, changed to 6 after epoch 3"});
}

// Each backbone calls its blocks otherwise.
TEST_F(RunComparisonTest, TheHeadIsTheHeadOfEveryBackbone) {
    const auto unitsOf = [](const std::string& backbone) -> Result<std::vector<backbones::UnitSummary>> {
        std::vector<backbones::UnitSummary> units(2);
        units[0].name = backbone + ".first";
        units[1].name = backbone + ".second";
        return units;
    };
    TrainConfig config;
    for (const char* backbone : {"resnet18", "resnet34"}) {
        config.backbone = backbone;
        config.freeze.frozenUnits = {config.backbone + ".first", config.backbone + ".second"};
        writePlainRun(path(backbone), config, {0.5}, "2026-01-01 00:00:00");
    }
    const auto comparison = training::compareRuns({path("resnet18"), path("resnet34")}, unitsOf);
    ASSERT_TRUE(comparison) << comparison.error().sentence();
    EXPECT_EQ(textsOf(comparison->given, "trained"), (Texts{"the head", "the head"}));
    EXPECT_EQ(differingKeys(*comparison), Texts{"backbone"});
    // Of one backbone other blocks are another run.
    config.freeze.frozenUnits = {"resnet34.first"};
    writePlainRun(path("one"), config, {0.5}, "2026-01-01 00:00:00");
    config.freeze.frozenUnits = {"resnet34.second"};
    writePlainRun(path("other"), config, {0.5}, "2026-01-01 00:00:00");
    EXPECT_EQ(differingKeys(compared({"one", "other"})), Texts{"trained"});
}

TEST_F(RunComparisonTest, OfAFolderWithASplitNoShareIsTaken) {
    TrainConfig config;
    for (const char* run : {"a", "b"}) {
        config.validationShare += 0.1;
        writePlainRun(path(run), config, {0.5}, "2026-01-01 00:00:00");
    }
    EXPECT_EQ(differingKeys(compared({"a", "b"})), Texts{});
    for (const char* run : {"a", "b"}) {
        const std::string file = path(run + std::string("/dataset.json"));
        auto list = nlohmann::json::parse(readText(file));
        list["split_by_folders"] = false;
        writeText(file, list.dump());
    }
    EXPECT_EQ(differingKeys(compared({"a", "b"})), Texts{"validation_share"});
}

TEST_F(RunComparisonTest, WhatTheBestIsTheBestByIsKnownAtOnce) {
    TrainConfig config;
    config.stopping.bestBy = settings::Figure::MacroF1;
    writePlainRun(path("a"), config, {}, "2026-01-01 00:00:00", false);
    const Comparison comparison = compared({"a"});
    EXPECT_EQ(textsOf(comparison.outcome, "best_by"), Texts{"macro F1"});
    EXPECT_EQ(find(comparison.outcome, "best_by")->values[0].value.value_or(""), "macro_f1");
}

// Where a setting does nothing by default, its own default is what it is compared with.
TEST_F(RunComparisonTest, WhatIsAsByDefaultIsNotUnusual) {
    const TrainConfig usual;
    TrainConfig config;
    settings::find("schedule.kind")->field.set(config, std::string("cosine"));
    settings::find("optimizer.kind")->field.set(config, std::string("adam"));
    config.optimizer.beta2 = 0.9;
    config.preprocess.resizeSize = 224;
    ASSERT_FALSE(settings::applies(*settings::find("optimizer.beta1"), usual));
    const auto keysOf = [&](bool knowsWeights) {
        Texts keys;
        for (const auto& [key, text] : training::unusualSettings(config, usual, knowsWeights))
            keys.push_back(key);
        return keys;
    };
    EXPECT_EQ(keysOf(false), (Texts{"optimizer.beta2", "optimizer.kind", "schedule.kind"}));
    EXPECT_EQ(keysOf(true),
              (Texts{"optimizer.beta2", "optimizer.kind", "preprocess.resize", "schedule.kind"}));
    EXPECT_EQ(training::unusualSettings(config, usual, true).at("optimizer.kind").english(), "SGD");
}

TEST_F(RunComparisonTest, NoTwoRowsOfPhasesAreCalledTheSame) {
    TrainConfig config;
    settings::find("phases.kind")->field.set(config, std::string("own"));
    Texts labels;
    for (const ComparedRow& row : training::settingsOf(config)) {
        if (row.key.starts_with("phases.")) labels.push_back(row.label.english());
    }
    EXPECT_EQ(labels, (Texts{"Phases", "List of phases"}));
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
