// SPDX-License-Identifier: GPL-3.0-or-later
// All runs of a folder: what each is called, came to and ended by, and that none is left out.
#include "core/training/RunCatalogue.h"

#include <sys/stat.h>

#include <algorithm>
#include <ctime>
#include <map>
#include <regex>
#include <set>
#include <stdexcept>

#include "core/training/BestEpoch.h"
#include "core/training/detail/RunLock.h"
#include "core/training/detail/RunWriter.h"
#include "tests/support/PlainRun.h"
#include "tests/support/ResumableFixture.h"

namespace graft::test {

namespace {

using settings::TrainConfig;
using training::Catalogue;
using training::CataloguedRun;
using training::RunOrder;
using training::RunStatus;

std::vector<std::string> namesOf(const std::vector<CataloguedRun>& runs) {
    std::vector<std::string> names;
    for (const CataloguedRun& run : runs)
        names.push_back(run.name);
    return names;
}

const CataloguedRun& runCalled(const Catalogue& catalogue, const std::string& name) {
    const auto found = std::ranges::find(catalogue.runs, name, &CataloguedRun::name);
    if (found == catalogue.runs.end()) throw std::runtime_error("there is no run " + name);
    return *found;
}

std::int64_t localTime(const char* text) {
    std::tm when{};
    EXPECT_NE(strptime(text, "%Y-%m-%d %H:%M:%S", &when), nullptr);
    when.tm_isdst = -1;
    return static_cast<std::int64_t>(std::mktime(&when));
}

class RunCatalogueTest : public testing::Test {
  protected:
    std::string path(const std::string& name) const { return m_folder.path(name); }
    static Catalogue listed(const std::string& root) {
        auto catalogue = training::listCatalogue(root);
        EXPECT_TRUE(catalogue) << catalogue.error().sentence();
        return catalogue.value_or(Catalogue{});
    }

  private:
    TemporaryFolder m_folder;
};

TEST_F(RunCatalogueTest, ARunSaysWhatItWasAndCameTo) {
    TrainConfig config;
    config.backbone = "resnet18";
    config.epochs = 7;
    config.datasetFolder = path("pictures");
    writePlainRun(path("runs/one"), config, {0.5, 0.75, 0.7}, "2026-01-02 03:04:05");
    const Catalogue before = listed(path("runs"));
    ASSERT_EQ(before.runs.size(), 1U);
    const CataloguedRun& run = before.runs.front();
    ASSERT_TRUE(run.card) << run.card.error().sentence();
    EXPECT_EQ(run.name, "one");
    EXPECT_EQ(run.folder, path("runs/one"));
    EXPECT_EQ(run.card->run.config.backbone, "resnet18");
    EXPECT_EQ(run.card->run.config.epochs, 7);
    EXPECT_EQ(run.card->run.epochs.size(), 3U);
    EXPECT_EQ(run.card->run.status, RunStatus::Completed);
    ASSERT_TRUE(run.card->best);
    EXPECT_EQ(run.card->best->epoch, 2);
    EXPECT_EQ(run.card->best->value, 0.75);
    EXPECT_EQ(training::figureText(run.card->best->figure, run.card->best->value), "75.0 %");
    EXPECT_DOUBLE_EQ(run.card->seconds, 4.5);
    EXPECT_EQ(run.card->began, localTime("2026-01-02 03:04:05"));
    EXPECT_EQ(run.card->trained.english(), "everything");
    EXPECT_FALSE(run.card->hasDataset);
    fs::create_directories(path("pictures"));
    EXPECT_TRUE(listed(path("runs")).runs.front().card->hasDataset);
}

TEST_F(RunCatalogueTest, TheBestFigureIsTheOneThatTheRunWentBy) {
    TrainConfig config;
    config.stopping.bestBy = settings::Figure::Loss;
    writePlainRun(path("runs/loss"), config, {0.5, 0.75}, "2026-01-02 03:04:05");
    config.stopping.keep = settings::Keep::Last;
    writePlainRun(path("runs/last"), config, {0.5, 0.75}, "2026-01-02 03:04:06");
    const Catalogue catalogue = listed(path("runs"));
    const auto byLoss = runCalled(catalogue, "loss").card->best;
    ASSERT_TRUE(byLoss);
    EXPECT_EQ(training::figureName(byLoss->figure), "loss");
    EXPECT_DOUBLE_EQ(byLoss->value, 0.25);
    EXPECT_DOUBLE_EQ(byLoss->accuracy, 0.75);
    EXPECT_FALSE(byLoss->isLast);
    EXPECT_TRUE(runCalled(catalogue, "last").card->best->isLast);
}

// A run's config.json is written again when its images are located anew.
TEST_F(RunCatalogueTest, BothListsAreInTheOrderInWhichTheRunsBegan) {
    const TrainConfig config;
    writePlainRun(path("runs/late"), config, {0.5}, "2026-01-03 00:00:00");
    writePlainRun(path("runs/middle"), config, {0.5}, "2026-01-02 00:00:00");
    writePlainRun(path("runs/early"), config, {0.5}, "2026-01-01 00:00:00");
    const auto runs = training::listRuns(path("runs"));
    ASSERT_TRUE(runs) << runs.error().sentence();
    std::vector<std::string> names;
    for (const training::ListedRun& run : *runs)
        names.push_back(fs::path(run.folder).filename().string());
    EXPECT_EQ(names, (std::vector<std::string>{"late", "middle", "early"}));
    EXPECT_EQ(namesOf(listed(path("runs")).runs), names);
}

TEST_F(RunCatalogueTest, WhatIsTrainedIsSaidInWords) {
    std::vector<backbones::UnitSummary> units(4);
    const std::vector<std::string> names{"conv1", "layer1.0", "layer1.1", "layer2.0"};
    for (std::size_t i = 0; i < units.size(); ++i) {
        units[i].name = names[i];
        units[i].stage = names[i].substr(0, names[i].find('.'));
    }
    const auto said = [&](std::set<std::string> frozen, const std::string& plan = "one") {
        TrainConfig config;
        config.freeze.frozenUnits = std::move(frozen);
        settings::find("phases.kind")->field.set(config, plan);
        return training::trainedText(config, units).english();
    };
    EXPECT_EQ(said({}), "everything");
    EXPECT_EQ(said({"conv1", "layer1.0", "layer1.1", "layer2.0"}), "the head");
    EXPECT_EQ(said({"conv1"}), "from layer1 on");
    EXPECT_EQ(said({"conv1", "layer1.0"}), "from layer1.1 on");
    EXPECT_EQ(said({"layer1.0"}), "3 of 4 blocks");
    EXPECT_EQ(said({"conv1"}, "head_first"), "from layer1 on, in phases (head first)");
    EXPECT_EQ(said({}, "own"), "in phases (own list)");
    TrainConfig config;
    config.freeze.frozenUnits = {"a", "b"};
    EXPECT_EQ(training::trainedText(config).english(), "all but 2 frozen blocks");
}

// Links, devices, damaged runs, folders without access, folders of seeds: each is there, with its reason.
TEST_F(RunCatalogueTest, NothingOfTheFolderIsLeftOut) {
    const TrainConfig config;
    writePlainRun(path("runs/whole"), config, {0.5}, "2026-01-01 00:00:00");
    for (const char* seed : {"many/seed-1", "many/seed-2"})
        writePlainRun(path("runs/" + std::string(seed)), config, {0.5}, "2026-01-01 00:00:00");
    writeText(path("runs/many/seeds.json"), "{}");
    writeText(path("runs/many/notes.txt"), "mine");
    writePlainRun(path("runs/damaged"), config, {0.5}, "2026-01-01 00:00:00");
    writeText(path("runs/damaged/config.json"), "{");
    writePlainRun(path("runs/cut"), config, {0.5}, "2026-01-01 00:00:00");
    writeText(path("runs/cut/metrics.jsonl"), "{\"epoch\"");
    fs::create_directories(path("runs/odd/config.json"));
    fs::create_symlink("whole", path("runs/link"));
    fs::create_symlink("gone", path("runs/broken"));
    fs::create_directories(path("runs/circle"));
    fs::create_symlink("config.json", path("runs/circle/config.json"));
    writeText(path("runs/list.txt"), "mine");
    fs::create_directories(path("runs/empty/inner"));
    ASSERT_EQ(mkfifo(path("runs/pipe").c_str(), 0600), 0);

    const Catalogue catalogue = listed(path("runs"));
    std::map<std::string, bool> readable;
    for (const CataloguedRun& run : catalogue.runs) {
        readable[run.name] = run.card.has_value();
        if (run.card) continue;
        EXPECT_TRUE(run.card.error().message.english().ends_with('.')) << run.card.error().sentence();
    }
    EXPECT_EQ(readable, (std::map<std::string, bool>{{"whole", true},
                                                     {"many/seed-1", true},
                                                     {"many/seed-2", true},
                                                     {"damaged", false},
                                                     {"cut", false},
                                                     {"odd", false},
                                                     {"link", true},
                                                     {"broken", false},
                                                     {"circle", false}}));
    EXPECT_EQ(runCalled(catalogue, "link").linkTo, "whole");
    EXPECT_EQ(runCalled(catalogue, "broken").linkTo, "gone");
    EXPECT_EQ(runCalled(catalogue, "cut").card.error().path, path("runs/cut/metrics.jsonl"));
    std::vector<std::string> others;
    for (const Error& other : catalogue.others)
        others.push_back(other.path);
    EXPECT_EQ(others, (std::vector{path("runs/empty"), path("runs/list.txt"), path("runs/many/notes.txt"),
                                   path("runs/pipe")}));
    EXPECT_FALSE(catalogue.runs.back().card) << "what cannot be read comes last";
}

TEST_F(RunCatalogueTest, AFolderThatIsNotThereHasNoRunsAndOneThatCannotBeReadIsSaid) {
    EXPECT_TRUE(listed(path("nothing")).runs.empty());
    writeText(path("file"), "");
    const auto refused = training::listCatalogue(path("file"));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::Unreadable);
    writePlainRun(path("runs/one"), {}, {0.5}, "2026-01-01 00:00:00");
    EXPECT_EQ(namesOf(listed(path("runs/one/")).runs), std::vector<std::string>{"one"});
}

// Neither lists of files nor weights can be read there.
TEST_F(RunCatalogueTest, AThousandRunsAreListedWithoutTheirWeights) {
    for (int i = 0; i < 1000; ++i) {
        const std::string folder = path("runs/" + std::to_string(i));
        writePlainRun(folder, {}, {0.5}, "2026-01-01 00:00:00");
        writeText(folder + "/dataset.json", "no list");
    }
    const Catalogue catalogue = listed(path("runs"));
    EXPECT_EQ(catalogue.runs.size(), 1000U);
    EXPECT_TRUE(std::ranges::all_of(catalogue.runs, [](const auto& run) { return run.card.has_value(); }));
}

TEST_F(RunCatalogueTest, SortedAndSearched) {
    TrainConfig config;
    config.backbone = "resnet18";
    config.datasetFolder = "/data/Blätter";
    writePlainRun(path("runs/b"), config, {0.9}, "2026-01-01 00:00:00");
    config.backbone = "squeezenet1_1";
    config.datasetFolder = "/data/coins";
    writePlainRun(path("runs/a"), config, {0.7}, "2026-01-03 00:00:00");
    writePlainRun(path("runs/c"), config, {}, "2026-01-02 00:00:00", false);
    writeText(path("runs/d/config.json"), "{");
    ASSERT_TRUE(training::writeNote(path("runs/a"), {"for the Trade fair", true}));
    std::vector<CataloguedRun> runs = listed(path("runs")).runs;
    EXPECT_EQ(namesOf(runs), (std::vector<std::string>{"a", "c", "b", "d"}));
    training::sortRuns(runs, RunOrder::Best);
    EXPECT_EQ(namesOf(runs), (std::vector<std::string>{"b", "a", "c", "d"}));
    training::sortRuns(runs, RunOrder::Name);
    EXPECT_EQ(namesOf(runs), (std::vector<std::string>{"a", "b", "c", "d"}));
    const auto found = [&](const std::string& text) {
        std::string names;
        for (const CataloguedRun& run : runs) {
            if (training::matches(run, text)) names += run.name;
        }
        return names;
    };
    EXPECT_EQ(found(""), "abcd");
    EXPECT_EQ(found("trade FAIR"), "a");
    EXPECT_EQ(found("ResNet-18"), "b");
    EXPECT_EQ(found("blätter"), "b");
    EXPECT_EQ(found("squeezenet completed"), "a");
    EXPECT_EQ(found("not begun"), "c");
    EXPECT_EQ(found("not_begun"), "c");
    EXPECT_EQ(found("nowhere"), "");
}

TEST_F(RunCatalogueTest, NamesAreSortedAsAPersonReadsThem) {
    for (const char* name : {"run 10", "Run 9", "Apple", "banana"})
        writePlainRun(path("runs/" + std::string(name)), {}, {0.5}, "2026-01-01 00:00:00");
    std::vector<CataloguedRun> runs = listed(path("runs")).runs;
    training::sortRuns(runs, RunOrder::Name);
    EXPECT_EQ(namesOf(runs), (std::vector<std::string>{"Apple", "banana", "Run 9", "run 10"}));
}

// 6.25 lies in the middle: the window's QLocale says 6.3.
TEST_F(RunCatalogueTest, AHalfIsRoundedAwayFromZeroEverywhere) {
    using settings::Figure;
    EXPECT_EQ(training::figureText(Figure::Accuracy, 3.0 / 48), "6.3 %");
    EXPECT_EQ(training::figureText(Figure::Accuracy, 13.0 / 16), "81.3 %");
    EXPECT_EQ(training::figureText(Figure::Accuracy, 11.0 / 16), "68.8 %");
    EXPECT_EQ(training::figureText(Figure::Accuracy, 0.0624), "6.2 %");
    EXPECT_EQ(training::figureText(Figure::Accuracy, 0), "0.0 %");
    EXPECT_EQ(training::figureText(Figure::Accuracy, 1), "100.0 %");
    training::EpochDone epoch;
    epoch.valAccuracy = 3.0 / 48;
    EXPECT_EQ(training::keptSentence(epoch, {}).english(), "Best validation accuracy 6.3 % in epoch 1.");
}

// So that it means the same on another machine.
TEST_F(RunCatalogueTest, TheLogHasTheTimeWithItsOffset) {
    writePlainRun(path("runs/one"), {}, {0.5}, "2026-11-30 17:00:47+0530");
    EXPECT_EQ(training::readCard(path("runs/one"))->began, 1796038247);  // by date(1)
    writePlainRun(path("runs/two"), {}, {0.5}, "2026-11-30 06:30:47-0500");
    EXPECT_EQ(training::readCard(path("runs/two"))->began, 1796038247);
    fs::remove(path("runs/one/log.txt"));
    const auto before = static_cast<std::int64_t>(std::time(nullptr));
    training::appendLog(training::RunPaths(path("runs/one")), "started: now");
    const std::string log = readText(path("runs/one/log.txt"));
    EXPECT_TRUE(
        std::regex_match(log, std::regex(R"(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d[+-]\d{4}  started: now\n)")))
        << log;
    EXPECT_GE(training::readCard(path("runs/one"))->began.value_or(0), before);
}

TEST_F(RunCatalogueTest, ARunWithoutItsCheckpointHasComeToItsEndAllTheSame) {
    const auto statusOf = [&](int planned, const std::string& said) {
        TrainConfig config;
        config.epochs = planned;
        writePlainRun(path("runs/one"), config, {0.5, 0.6}, "2026-01-01 00:00:00");
        fs::remove_all(path("runs/one/checkpoint"));
        writeText(path("runs/one/log.txt"), "2026-01-01 00:00:00  started: x\n2026-01-01 00:00:00  " + said);
        const RunStatus status = training::readCard(path("runs/one"))->run.status;
        // Both of the window's lists.
        EXPECT_EQ(training::listRuns(path("runs"))->front().run->status, status);
        return status;
    };
    EXPECT_EQ(statusOf(2, ""), RunStatus::Completed);
    EXPECT_EQ(statusOf(9, "completed. Stopped early: the last epoch was no better.\n"), RunStatus::Completed);
    EXPECT_EQ(statusOf(9, "stopped; resume goes on from the checkpoint\n"), RunStatus::Stopped);
    EXPECT_EQ(statusOf(9, "failed: The disk is full.\n"), RunStatus::Failed);
}

// As versions wrote it that had no failure.json: a resuming that was refused afterwards is no end of the run.
TEST_F(RunCatalogueTest, TheLogSaysWhetherAnOlderRunFailed) {
    const std::string at = "2026-01-01 00:00:00  ";
    const auto whyOf = [&](const std::vector<std::string>& lines) {
        fs::remove_all(path("runs"));
        writePlainRun(path("runs/old"), {}, {0.5}, "2026-01-01 00:00:00", false);
        std::string log;
        for (const std::string& line : lines)
            log += at + line + "\n";
        writeText(path("runs/old/log.txt"), log);
        const auto card = training::readCard(path("runs/old"));
        EXPECT_TRUE(card);
        EXPECT_EQ(card->run.status == RunStatus::Failed, !card->run.whyFailed.empty());
        return card->run.whyFailed.english();
    };
    EXPECT_EQ(whyOf({"started: x", "failed: The disk is full."}), "The disk is full.");
    EXPECT_EQ(whyOf({"started: x", "failed: The disk is full.", "resumed in epoch 1 after 0 batches"}), "");
    EXPECT_EQ(whyOf({"started: x", "stopped; resume goes on", "failed: No such folder."}), "");
    EXPECT_EQ(whyOf({"started: x", "failed: First.", "failed: No such folder."}), "First.");
    EXPECT_EQ(whyOf({"started: x"}), "");
    writeText(path("runs/old/log.txt"), "2026-01-01 00:00:00+0100  failed: The disk is full.\n");
    EXPECT_EQ(training::readCard(path("runs/old"))->run.whyFailed.english(), "The disk is full.");
    EXPECT_EQ(whyOf({}), "");
}

class RunEndingTest : public ResumableFixture {
  protected:
    training::RunCard cardOf(const std::string& run) const {
        const auto card = training::readCard(path(run), backbones::listUnits);
        EXPECT_TRUE(card) << card.error().sentence();
        return card.value_or(training::RunCard{});
    }
    RunStatus status(const std::string& run) const { return cardOf(run).run.status; }

    // The training images vanish once it has begun.
    void trainWithoutImages(const std::string& run) const {
        runtime::RunControl control;
        const auto report = training::train(
            config(run),
            [&](const training::TrainEvent& event) {
                if (std::holds_alternative<training::RunStarted>(event))
                    fs::rename(path("images/train"), path("away"));
            },
            control);
        ASSERT_FALSE(report);
        EXPECT_EQ(report.error().code, ErrorCode::Unreadable) << report.error().sentence();
        fs::rename(path("away"), path("images/train"));
    }
};

TEST_F(RunEndingTest, EachEndIsKnown) {
    trainOrFail(config("whole"));
    EXPECT_EQ(status("whole"), RunStatus::Completed);
    trainUntil(config("stopped"), {2, false, 1});
    EXPECT_EQ(status("stopped"), RunStatus::Stopped);
    {
        const auto lock = training::RunLock::take(path("stopped"));
        ASSERT_TRUE(lock);
        EXPECT_EQ(status("stopped"), RunStatus::Running);
    }
    for (const char* file : {"config.json", "dataset.json"}) {
        fs::create_directories(path("begins"));
        fs::copy(path("stopped/") + file, path("begins/") + file);
    }
    EXPECT_EQ(status("begins"), RunStatus::NotBegun);

    auto c = config("diverged");
    c.epochs = 20;
    c.optimizer.learningRate = 1000;
    runtime::RunControl control;
    const auto report = training::train(
        c, [](const auto&) {}, control);
    ASSERT_FALSE(report);
    EXPECT_EQ(status("diverged"), RunStatus::Failed);
    EXPECT_EQ(cardOf("diverged").run.whyFailed.english(), report.error().sentence());
}

TEST_F(RunEndingTest, AFailureIsForgottenWhenTheRunGoesOn) {
    trainOrFail(config("whole"));
    trainWithoutImages("run");
    const training::RunCard failed = cardOf("run");
    EXPECT_EQ(failed.run.status, RunStatus::Failed);
    EXPECT_NE(failed.run.whyFailed.english().find("can no longer be read"), std::string::npos)
        << failed.run.whyFailed.english();
    EXPECT_TRUE(failed.run.resumable) << failed.run.whyNotResumable.english();
    EXPECT_TRUE(fs::exists(path("run/failure.json")));
    EXPECT_NE(readText(path("run/log.txt")).find("failed: "), std::string::npos);
    resume(path("run"));
    EXPECT_EQ(status("run"), RunStatus::Completed);
    EXPECT_FALSE(fs::exists(path("run/failure.json")));
    expectSameEnd("whole", "run");
}

TEST_F(RunEndingTest, AResumingThatIsRefusedLeavesTheRunAsItWas) {
    trainUntil(config("stopped"), {2, false, 1});
    training::ResumeOptions options;
    options.dataFolder = path("nowhere");
    EXPECT_FALSE(tryToResume(path("stopped"), options));
    EXPECT_EQ(status("stopped"), RunStatus::Stopped);
    EXPECT_NE(readText(path("stopped/log.txt")).find("not resumed: "), std::string::npos);
    trainWithoutImages("failed");
    const std::string why = cardOf("failed").run.whyFailed.english();
    EXPECT_FALSE(tryToResume(path("failed"), options));
    EXPECT_EQ(status("failed"), RunStatus::Failed);
    EXPECT_EQ(cardOf("failed").run.whyFailed.english(), why);
}

TEST_F(RunEndingTest, TheHeadAloneAndFromABlockOnAreNamed) {
    auto c = config("head");
    c.freeze = backbones::freezeAll(backbones::listUnits(c.backbone).value());
    trainUntil(c, {1, false, 1});
    EXPECT_EQ(cardOf("head").trained.english(), "the head");
    const auto units = backbones::listUnits(c.backbone).value();
    c = config("top");
    for (std::size_t i = 0; i + 1 < units.size(); ++i)
        c.freeze.frozenUnits.insert(units[i].name);
    trainUntil(c, {1, false, 1});
    const std::string said = cardOf("top").trained.english();
    EXPECT_EQ(said, "from " + units.back().name + " on");
}

}  // namespace

}  // namespace graft::test
