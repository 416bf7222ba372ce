// SPDX-License-Identifier: GPL-3.0-or-later
// Runs of several phases: what each of them trains, with which rate, and that they can be stopped in any of
// them.
#include <map>
#include <nlohmann/json.hpp>

#include "tests/support/ResumableFixture.h"
#include "tests/support/TinyImages.h"

namespace graft::test {

namespace {

class PhaseRunTest : public ResumableFixture {
  protected:
    // Two epochs of the head, two of layer4 and the head; the rest stays as it is.
    settings::TrainConfig headFirst(const std::string& run) {
        setenv("XDG_CACHE_HOME", path("cache").c_str(), 1);
        auto c = config(run, "resnet18");
        c.epochs = 4;
        c.optimizer.learningRate = 0.01;
        c.freeze = backbones::trainFrom("layer4", backbones::listUnits("resnet18").value()).value();
        c.own["phases.kind"] = std::string("head_first");
        c.own["phases.head_epochs"] = std::int64_t{2};
        c.own["phases.fine_tune_factor"] = 0.25;
        return c;
    }

    settings::TrainConfig headOnly(const std::string& run) {
        auto c = headFirst(run);
        c.own.clear();
        c.epochs = 2;
        c.freeze = backbones::freezeAll(backbones::listUnits("resnet18").value());
        return c;
    }
};

TEST_F(PhaseRunTest, TheFirstPhaseIsARunOfTheHeadAlone) {
    const auto alone = trainOrFail(headOnly("alone"));
    const auto both = trainOrFail(headFirst("both"));
    ASSERT_EQ(both.epochs.size(), 4U);
    for (std::size_t i = 0; i < 2; ++i) {
        EXPECT_EQ(both.epochs[i].trainLoss, alone.epochs[i].trainLoss);
        EXPECT_EQ(both.epochs[i].valLoss, alone.epochs[i].valLoss);
        EXPECT_EQ(both.epochs[i].learningRate, 0.01);
        EXPECT_EQ(both.epochs[i].phase, "head");
        EXPECT_EQ(both.epochs[i + 2].learningRate, 0.0025);
        EXPECT_EQ(both.epochs[i + 2].phase, "fine-tune");
    }
    EXPECT_EQ(training::openRun(path("both"))->epochs[3].phase, "fine-tune");
}

TEST_F(PhaseRunTest, EachPhaseTrainsItsOwnUnits) {
    auto c = headFirst("run");
    std::vector<training::PhaseStarted> told;
    std::vector<std::string> caches;
    std::map<std::string, std::vector<std::byte>> afterTheHead;
    runtime::RunControl control;
    const auto report = training::train(
        c,
        [&](const training::TrainEvent& event) {
            if (const auto* phase = std::get_if<training::PhaseStarted>(&event)) {
                told.push_back(*phase);
                if (phase->number == 2) afterTheHead = tensorsIn(path("run/checkpoint/state.safetensors"));
            }
            if (const auto* cache = std::get_if<training::CacheState>(&event))
                caches.push_back(cache->message.english());
        },
        control);
    ASSERT_TRUE(report) << report.error().sentence();
    ASSERT_EQ(told.size(), 2U);
    EXPECT_EQ(told[1].name, "fine-tune");
    EXPECT_EQ(told[1].firstEpoch, 3);
    EXPECT_EQ(told[1].lastEpoch, 4);
    // The features of the whole backbone, then those in front of layer4.
    ASSERT_EQ(caches.size(), 2U);
    EXPECT_NE(caches[0].find("behind layer4.1 are cached"), std::string::npos) << caches[0];
    EXPECT_NE(caches[1].find("behind layer3.1 are cached"), std::string::npos) << caches[1];

    const auto untouched = tensorsIn(path("run/checkpoint/frozen.safetensors"));
    const auto end = tensorsIn(path("run/checkpoint/state.safetensors"));
    const auto first = tensorsIn(path("run/model.safetensors"));
    std::size_t moved = 0;
    for (const auto& [name, bytes] : end) {
        if (name.starts_with("optimizer.")) continue;
        EXPECT_TRUE(name.starts_with("layer4.") || name.starts_with("fc.")) << name;
        const auto before = afterTheHead.find(name);
        if (before != afterTheHead.end() && before->second != bytes) ++moved;
    }
    EXPECT_GT(moved, 10U);
    EXPECT_TRUE(untouched.contains("layer3.1.conv2.weight"));
    EXPECT_FALSE(untouched.contains("layer4.0.conv1.weight"));
    for (const auto& [name, bytes] : untouched)
        EXPECT_EQ(bytes, first.at(name)) << name;
}

TEST_F(PhaseRunTest, StoppedInAnyPhaseAndBetweenThem) {
    trainOrFail(headFirst("whole"));
    const std::vector<StopPoint> stops{
        {1, false, 2}, {2, true, 3}, {3, false, 1}, {3, true, 1}, {4, false, 4}};
    for (std::size_t i = 0; i < stops.size(); ++i) {
        auto c = headFirst("stopped" + std::to_string(i));
        // Another cache: what one phase has filled is not what the next one finds.
        setenv("XDG_CACHE_HOME", path("cache" + std::to_string(i)).c_str(), 1);
        trainUntil(c, stops[i]);
        EXPECT_EQ(resume(c.runFolder).epochs.size(), 4U);
        expectSameEnd("whole", "stopped" + std::to_string(i));
    }
}

// It may have been begun by a version that let it pass.
TEST_F(PhaseRunTest, ASettingThatChangesNothingIsRefusedAtTheBeginningAlone) {
    const auto listed = [&](const std::string& run, const std::string& list) {
        auto c = headFirst(run);
        c.own = {{"phases.kind", std::string("own")}, {"phases.list", list}};
        return c;
    };
    const std::string list = "2 all; rest from layer4";
    runtime::RunControl control;
    const auto refused = training::train(
        listed("refused", list + " gamma=0.5"), [](const auto&) {}, control);
    ASSERT_FALSE(refused);
    EXPECT_NE(refused.error().message.english().find("--gamma changes nothing"), std::string::npos);
    EXPECT_FALSE(fs::exists(path("refused")));

    trainOrFail(listed("whole", list));
    trainUntil(listed("run", list), {3, false, 1});
    for (const std::string& file : {path("run/config.json"), path("run/decisions.json")}) {
        std::string text = readText(file);
        const auto at = text.find(list);
        ASSERT_NE(at, std::string::npos) << text;
        writeText(file, text.insert(at + list.size(), " gamma=0.5"));
    }
    resume(path("run"));
    expectSameEnd("whole", "run");
}

TEST_F(PhaseRunTest, WhatEachPhaseDecidedIsFollowed) {
    auto c = headFirst("run");
    trainUntil(c, {3, false, 1});
    using Json = nlohmann::json;
    const auto decided = Json::parse(readText(path("run/decisions.json")));
    ASSERT_EQ(decided["features"].size(), 2U);
    EXPECT_EQ(decided["features"][0]["units"].get<int>(), 9);
    EXPECT_EQ(decided["features"][1]["units"].get<int>(), 7);
    resume(path("run"));
    EXPECT_EQ(Json::parse(readText(path("run/decisions.json")))["features"], decided["features"]);
}

TEST_F(PhaseRunTest, AFinishedRunGoesOnInItsLastPhase) {
    auto c = headFirst("run");
    trainOrFail(c);
    training::ResumeOptions options;
    options.epochs = 5;
    const auto report = resume(path("run"), options);
    ASSERT_EQ(report.epochs.size(), 5U);
    EXPECT_EQ(report.epochs[4].phase, "fine-tune");
    EXPECT_EQ(report.epochs[4].learningRate, 0.0025);
}

TEST_F(PhaseRunTest, PatienceIsTheLastPhasesAlone) {
    auto c = headFirst("run");
    c.own["phases.head_epochs"] = std::int64_t{3};
    c.earlyStopEpochs = 1;
    c.optimizer.learningRate = 1e-12;  // nothing gets better
    EXPECT_EQ(trainOrFail(c).epochs.size(), 4U);
}

TEST_F(PhaseRunTest, GradualUnfreezingThawsAStageAtATime) {
    auto c = config("run");
    c.epochs = 3;
    const auto units = backbones::listUnits(c.backbone).value();
    c.freeze = backbones::trainFrom(units[units.size() - 2].name, units).value();
    c.own["phases.kind"] = std::string("gradual");
    std::vector<std::string> names;
    trainOrFail(c, [&](const training::TrainEvent& event) {
        if (const auto* phase = std::get_if<training::PhaseStarted>(&event)) names.push_back(phase->name);
    });
    ASSERT_GE(names.size(), 2U);
    EXPECT_EQ(names[0], "head");
    EXPECT_EQ(names[1], units.back().stage);
}

}  // namespace

}  // namespace graft::test
