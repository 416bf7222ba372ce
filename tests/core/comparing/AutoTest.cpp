// SPDX-License-Identifier: GPL-3.0-or-later
// What is chosen without being told: each rule by hand, then whole runs of a small folder.
#include "core/comparing/Auto.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "core/comparing/detail/AutoChoice.h"
#include "core/data/FolderScanner.h"
#include "core/training/RunFolder.h"
#include "tests/support/ComparingFixture.h"

namespace graft::test {

namespace {

using comparing::AutoConfig;
using comparing::AutoDecided;
using comparing::AutoEvent;
using comparing::Candidate;
using comparing::Comparison;
using nlohmann::json;

constexpr const char* kBuiltIn = "shufflenet_v2_x1_0";

std::vector<backbones::UnitSummary> units() {
    std::vector<backbones::UnitSummary> all;
    for (const char* name : {"stem", "a.0", "a.1", "b.0", "c.0", "c.1"}) {
        backbones::UnitSummary unit;
        unit.name = name;
        unit.stage = unit.name.substr(0, unit.name.find('.'));
        all.push_back(unit);
    }
    return all;
}

Candidate candidate(const std::string& cut, double accuracy, double cost,
                    const std::string& head = "linear") {
    Candidate one;
    one.entrant = {"resnet18", "", "weights", cut, cut.substr(0, cut.find('.')), head};
    one.score.accuracy = accuracy;
    one.score.interval = {accuracy - 0.05, accuracy + 0.05};
    one.score.multiplyAdds = static_cast<std::int64_t>(cost * 100);
    one.score.secondsPerImage = cost;
    return one;
}

Comparison of(std::vector<Candidate> candidates, std::size_t images) {
    Comparison comparison;
    comparison.ranking = std::move(candidates);
    comparing::rank(comparison.ranking);
    comparison.images = comparison.trainingImages = images;
    return comparison;
}

const Candidate& wholeOf(const Comparison& comparison) {
    return *comparing::chooseBackbone(comparison)->whole;
}

// Of 100 images, 0.90 has a standard error of 0.03; of 10,000 one of 0.003.
TEST(AutoChoiceTest, ItIsCutBehindTheEarliestDepthWithinAStandardError) {
    const std::vector<Candidate> all{candidate("", 0.90, 4), candidate("b.0", 0.895, 3),
                                     candidate("a.1", 0.875, 2), candidate("stem", 0.60, 1)};
    const Comparison few = of(all, 100);
    const auto cut = comparing::chooseCut(few, wholeOf(few), units());
    EXPECT_EQ(cut.trainFrom, "b.0");
    EXPECT_EQ(cut.stage, "b");
    EXPECT_EQ(cut.frozenSecondsPerImage, 2);
    EXPECT_EQ(cut.trainedSecondsPerImage, 2);
    const Comparison many = of(all, 10000);
    const auto last = comparing::chooseCut(many, wholeOf(many), units());
    EXPECT_EQ(last.trainFrom, "c.0") << "no depth is as good: the last stage alone";
    EXPECT_EQ(last.frozenSecondsPerImage, 3);
    const Comparison none = of({candidate("", 0.9, 4)}, 100);
    EXPECT_EQ(comparing::chooseCut(none, wholeOf(none), units()).trainFrom, "c.0");
}

TEST(AutoChoiceTest, AHiddenLayerHasToBeBetterForSure) {
    Comparison comparison = of({candidate("", 0.80, 4), candidate("", 0.90, 4, "mlp")}, 100);
    comparison.ranking[1].score.difference = -0.1;
    comparison.ranking[1].score.differenceInterval = {-0.17, -0.03};
    EXPECT_EQ(comparing::chooseHead(comparison, wholeOf(comparison)).kind, "mlp");
    comparison.ranking[1].score.differenceInterval = {-0.17, 0.01};
    EXPECT_EQ(comparing::chooseHead(comparison, wholeOf(comparison)).kind, "linear");
    const Comparison worse = of({candidate("", 0.90, 4), candidate("", 0.80, 4, "mlp")}, 100);
    EXPECT_EQ(comparing::chooseHead(worse, wholeOf(worse)).kind, "linear");
    const Comparison untried = of({candidate("", 0.90, 4)}, 100);
    EXPECT_EQ(comparing::chooseHead(untried, wholeOf(untried)).kind, "linear");
}

TEST(AutoChoiceTest, AsManyEpochsAsFit) {
    comparing::CutChoice cut;
    cut.frozenSecondsPerImage = 0.01;
    cut.trainedSecondsPerImage = 0.02;
    // 100 images: 6 s forward and back, 20 for validation: 0.4; the frozen part 1 s in each of two epochs,
    // 0.2 once.
    const auto plan = comparing::planTime(cut, 100, 20, 2, 40);
    EXPECT_NEAR(plan.secondsPerEpoch, 6.4, 1e-9);
    EXPECT_EQ(plan.epochs, 4) << "34 s of the 40: 0.2 + 2 * 7.4 + 2 * 6.4 are 27.8, one more 34.2";
    EXPECT_EQ(comparing::planTime(cut, 100, 20, 2, 10).epochs, 0) << "one is no fine-tuning";
    EXPECT_EQ(comparing::planTime(cut, 100, 20, 2, 1e6).epochs, 20);
    EXPECT_EQ(comparing::planTime(cut, 100, 20, 2, -5).epochs, 0);
}

class AutoTest : public ComparingFixture {
  protected:
    AutoConfig config(double minutes) const {
        AutoConfig c;
        c.runFolder = path("run");
        c.datasetFolder = path("images");
        c.minutes = minutes;
        c.compare.backbones = {kBuiltIn};
        c.compare.threads = 2;
        c.compare.device = "cpu";
        return c;
    }
    Result<comparing::AutoReport> train(const AutoConfig& c, const comparing::AutoObserver& observer = {}) {
        return comparing::trainAuto(
            c, data::scanFolder(path("images")).value(), observer ? observer : [](const auto&) {}, control);
    }

    runtime::RunControl control;
};

TEST_F(AutoTest, WithTimeItFineTunesBehindASolvedHeadAndKeepsTheBest) {
    std::vector<AutoDecided> decided;
    const auto report = train(config(60), [&](const AutoEvent& event) {
        if (const auto* one = std::get_if<AutoDecided>(&event)) decided.push_back(*one);
        // Three epochs are enough to see.
        const auto* training = std::get_if<training::TrainEvent>(&event);
        const auto* epoch = training != nullptr ? std::get_if<training::EpochDone>(training) : nullptr;
        if (epoch != nullptr && epoch->epoch == 3) control.stop();
    });
    ASSERT_TRUE(report) << report.error().sentence();
    ASSERT_EQ(report->explanation.size(), 5U);
    ASSERT_EQ(decided.size(), 5U);
    for (const Message& sentence : report->explanation) {
        const std::string text = sentence.english();
        EXPECT_EQ(text.back(), '.') << text;
        EXPECT_EQ(text.find('{'), std::string::npos) << text;
    }
    EXPECT_TRUE(report->stopped);
    EXPECT_FALSE(report->timeIsOver);
    const auto run = training::openRun(path("run"));
    ASSERT_TRUE(run) << run.error().sentence();
    ASSERT_GE(run->epochs.size(), 3U);
    EXPECT_EQ(run->epochs[0].phase, "head");
    EXPECT_NE(run->epochs[1].phase, "head");
    EXPECT_EQ(run->config.backbone, kBuiltIn);
    EXPECT_FALSE(run->config.weightsFile.empty());
    double best = 0;
    for (const auto& epoch : run->epochs)
        best = std::max(best, epoch.valAccuracy);
    EXPECT_EQ(report->run.valAccuracy, best);
    EXPECT_GT(best, 0.8);
    EXPECT_TRUE(run->resumable) << run->whyNotResumable.english();
}

TEST_F(AutoTest, WithoutTimeTheHeadIsSolved) {
    const auto report = train(config(1e-3));
    ASSERT_TRUE(report) << report.error().sentence();
    EXPECT_TRUE(report->run.completed);
    ASSERT_EQ(report->run.epochs.size(), 1U);
    EXPECT_EQ(report->config.optimizer.kind, "lbfgs");
    EXPECT_EQ(report->explanation.size(), 5U);
    EXPECT_TRUE(training::openRun(path("run"))->completed);
}

TEST_F(AutoTest, AStopWhileItComparesLeavesNoRun) {
    const auto report = train(config(10), [&](const AutoEvent& event) {
        if (std::holds_alternative<comparing::CompareEvent>(event)) control.stop();
    });
    ASSERT_FALSE(report);
    EXPECT_EQ(report.error().code, ErrorCode::Cancelled);
    EXPECT_FALSE(fs::exists(path("run")));
}

TEST_F(AutoTest, WhatCannotBeIsRefusedBeforeAnythingIsCompared) {
    int events = 0;
    const auto count = [&](const AutoEvent&) { ++events; };
    writeText(path("run/config.json"), "{}");
    EXPECT_FALSE(train(config(10), count));
    AutoConfig c = config(0);
    c.runFolder = path("other");
    const auto noTime = train(c, count);
    ASSERT_FALSE(noTime);
    EXPECT_EQ(noTime.error().code, ErrorCode::InvalidArgument);
    EXPECT_EQ(events, 0);
}

TEST_F(AutoTest, OnTheCommandLine) {
    const auto result = runCli({"train", path("images"), "--auto", "--minutes", "0.001", "--threads", "2",
                                "--run", path("run"), "--json"});
    ASSERT_EQ(result.status, 0) << result.errors;
    const json document = json::parse(result.output);
    EXPECT_EQ(document.at("status"), "completed");
    EXPECT_EQ(document.at("explanation").size(), 5U);
    EXPECT_EQ(document.at("time_is_over"), false);
    EXPECT_GE(document.at("comparison").at("ranking").size(), 1U);
    EXPECT_EQ(document.at("val_accuracy"), json::parse(readText(path("run/evaluation.json"))).at("accuracy"));
    for (const char* sentence : {"is the backbone", "The head is linear", "The head alone was trained"})
        EXPECT_NE(result.errors.find(sentence), std::string::npos) << result.errors;

    const auto refused = runCli({"train", path("images"), "--auto", "--lr", "0.1", "--run", path("other")});
    EXPECT_EQ(refused.status, 2);
    EXPECT_NE(refused.errors.find("--lr"), std::string::npos) << refused.errors;
    EXPECT_EQ(runCli({"train", path("images"), "--minutes", "3", "--run", path("other")}).status, 2);
    EXPECT_EQ(runCli({"train", path("images"), "--auto", "--run", path("images/run")}).status, 2);
}

}  // namespace

}  // namespace graft::test
