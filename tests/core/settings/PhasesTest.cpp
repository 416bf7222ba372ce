// SPDX-License-Identifier: GPL-3.0-or-later
// What the plans make of a run, on a network of seven units in four stages.
#include "core/settings/Phases.h"

#include <gtest/gtest.h>

#include "core/settings/Settings.h"

namespace graft::test {

namespace {

using settings::Phase;

std::vector<backbones::UnitSummary> units() {
    std::vector<backbones::UnitSummary> all;
    for (const char* name : {"stem", "a.0", "a.1", "b.0", "b.1", "c.0", "c.1"})
        all.push_back({name, std::string(name).substr(0, std::string(name).find('.')), 0, {}, 0});
    return all;
}

settings::TrainConfig planned(const std::string& kind, int epochs, const std::string& freeze = "none") {
    settings::TrainConfig config;
    config.own["phases.kind"] = kind;
    config.epochs = epochs;
    config.optimizer.learningRate = 0.02;
    config.freeze = backbones::parseFreezePlan(freeze, units()).value();
    return config;
}

std::vector<Phase> phasesOf(const settings::TrainConfig& config) {
    const auto phases = settings::phasesOf(config, units());
    EXPECT_TRUE(phases) << phases.error().sentence();
    return phases.value_or(std::vector<Phase>{});
}

std::size_t frozenIn(const Phase& phase) {
    return phase.freeze.frozenUnits.size();
}

TEST(PhasesTest, OneIsTheRunItself) {
    const auto config = planned("one", 10, "stem,a");
    const auto phases = phasesOf(config);
    ASSERT_EQ(phases.size(), 1U);
    EXPECT_EQ(phases[0].epochs, 10);
    EXPECT_EQ(phases[0].freeze, config.freeze);
    EXPECT_EQ(settings::toJson(settings::configOf(config, phases[0])), settings::toJson(config));
}

TEST(PhasesTest, TheHeadThenWhatThePersonThawed) {
    auto config = planned("head_first", 10, "stem,a");
    config.own["phases.head_epochs"] = std::int64_t{4};
    const auto phases = phasesOf(config);
    ASSERT_EQ(phases.size(), 2U);
    EXPECT_EQ(frozenIn(phases[0]), 7U);
    EXPECT_EQ(phases[0].epochs, 4);
    EXPECT_EQ(phases[1].firstEpoch, 5);
    EXPECT_EQ(phases[1].epochs, 6);
    EXPECT_EQ(phases[1].freeze, config.freeze);
    EXPECT_DOUBLE_EQ(settings::configOf(config, phases[0]).optimizer.learningRate, 0.02);
    EXPECT_DOUBLE_EQ(settings::configOf(config, phases[1]).optimizer.learningRate, 0.002);
    EXPECT_EQ(settings::frozenThroughout(phases), config.freeze);
    config.schedule.warmupEpochs = 5;
    EXPECT_EQ(settings::configOf(config, phases[0]).schedule.warmupEpochs, 3);
    EXPECT_EQ(settings::configOf(config, phases[1]).schedule.warmupEpochs, 5);
    EXPECT_EQ(settings::phaseAt(phases, 1), 0U);
    EXPECT_EQ(settings::phaseAt(phases, 4), 0U);
    EXPECT_EQ(settings::phaseAt(phases, 5), 1U);
    EXPECT_EQ(settings::phaseAt(phases, 11), 1U);  // a run that is gone on with
}

TEST(PhasesTest, AStageEveryTwoEpochsFromTheLastOn) {
    auto config = planned("gradual", 9, "stem");
    config.own["phases.thaw_epochs"] = std::int64_t{2};
    const auto phases = phasesOf(config);
    ASSERT_EQ(phases.size(), 4U);  // the head, c, b, a
    const std::vector<std::size_t> frozen{7, 5, 3, 1};
    const std::vector<int> epochs{2, 2, 2, 3};
    for (std::size_t i = 0; i < phases.size(); ++i) {
        EXPECT_EQ(frozenIn(phases[i]), frozen[i]) << i;
        EXPECT_EQ(phases[i].firstEpoch, static_cast<int>(i) * 2 + 1);
        EXPECT_EQ(phases[i].epochs, epochs[i]);
    }
    EXPECT_TRUE(phases[1].freeze.isFrozen("b.1"));
    EXPECT_FALSE(phases[1].freeze.isFrozen("c.0"));
    EXPECT_EQ(settings::frozenThroughout(phases).frozenUnits, std::set<std::string>{"stem"});
}

TEST(PhasesTest, AListOfOnesOwn) {
    auto config = planned("own", 12);
    config.own["phases.list"] =
        std::string("3 all; 4 from c lr=0.005 optimizer=adam; rest stem,a lr=0.0001 schedule=cosine");
    const auto phases = phasesOf(config);
    ASSERT_EQ(phases.size(), 3U);
    EXPECT_EQ(frozenIn(phases[0]), 7U);
    EXPECT_EQ(frozenIn(phases[1]), 5U);
    EXPECT_EQ(frozenIn(phases[2]), 3U);
    EXPECT_EQ(phases[2].firstEpoch, 8);
    EXPECT_EQ(phases[2].epochs, 5);
    const auto second = settings::configOf(config, phases[1]);
    EXPECT_DOUBLE_EQ(second.optimizer.learningRate, 0.005);
    EXPECT_EQ(second.optimizer.kind, "adam");
    EXPECT_EQ(second.epochs, 4);
    EXPECT_EQ(settings::configOf(config, phases[2]).schedule.kind, "cosine");
    EXPECT_EQ(config.optimizer.kind, "sgd");
}

TEST(PhasesTest, WhatCannotBeIsASentenceWithTheSettingsKey) {
    const auto refused = [](const settings::TrainConfig& config) {
        const auto phases = settings::phasesOf(config, units());
        EXPECT_FALSE(phases);
        return phases ? Error{} : phases.error();
    };
    EXPECT_EQ(refused(planned("head_first", 10, "all")).setting, "phases.kind");
    EXPECT_EQ(refused(planned("head_first", 3)).setting, "phases.head_epochs");
    EXPECT_EQ(refused(planned("gradual", 4)).setting, "phases.thaw_epochs");
    const std::vector<std::pair<std::string, std::string>> lists{
        {"", "there is none"},
        {"5", "no unit or stage"},
        {"x all", "no number of epochs"},
        {"rest all; 5 none", "no number of epochs"},
        {"5 all; 5 none", "the phases 10"},
        {"5 all; 9 none", "only 12 epochs"},
        {"12 all; rest none", "only 12 epochs"},
        {"5 all; rest from d", "no unit or stage"},
        {"5 all; rest none batch-size=4", "no setting of a phase"},
        {"5 all; rest none lr", "no setting of a phase"},
        {"5 all; rest none lr=-1", "Learning rate"},
        {"5 all; rest none warmup-epochs=7", "warm-up must be shorter"},
    };
    for (const auto& [list, why] : lists) {
        auto config = planned("own", 12);
        config.own["phases.list"] = list;
        EXPECT_NE(refused(config).message.english().find(why), std::string::npos)
            << list << ": " << refused(config).message.english();
    }
}

TEST(PhasesTest, WhatWouldChangeNothingInAPhaseIsRefused) {
    const std::vector<std::pair<std::string, std::string>> lists{
        {"5 all momentum=0.5 optimizer=adam; rest none", "--momentum changes nothing in it"},
        {"5 all; rest none gamma=0.5", "--schedule step or plateau"},
        {"5 all optimizer=lbfgs lr=0.1; rest none", "every --optimizer but lbfgs"},
        {"5 all momentum=0.5; rest none lr=0.1", ""},
    };
    for (const auto& [list, why] : lists) {
        auto config = planned("own", 12);
        config.own["phases.list"] = list;
        const auto phases = settings::phasesOf(config, units());
        ASSERT_TRUE(phases) << phases.error().sentence();
        const auto used = settings::checkUsed(config, *phases, units());
        ASSERT_EQ(used.has_value(), why.empty()) << list;
        if (used) continue;
        EXPECT_NE(used.error().message.english().find(why), std::string::npos)
            << used.error().message.english();
        EXPECT_EQ(used.error().setting, "phases.list");
    }
}

TEST(PhasesTest, AFactorPerLayerGoesWithBlocksThatAreTrained) {
    const auto said = [](settings::TrainConfig config, const std::string& list = "") {
        if (!list.empty()) config.own["phases.list"] = list;
        const auto phases = settings::phasesOf(config, units());
        EXPECT_TRUE(phases) << phases.error().sentence();
        const auto used = settings::checkUsed(config, phases.value(), units());
        return used ? std::string() : used.error().setting + ": " + used.error().message.english();
    };
    const auto with = [](double factor, settings::TrainConfig config) {
        config.optimizer.layerDecay = factor;
        return config;
    };
    EXPECT_EQ(
        said(with(0.5, planned("one", 12, "all"))),
        "optimizer.layer_decay: The factor per layer, 0.5, changes nothing here: no block is trained "
        "beside the head. Thaw some (--freeze none, or --train-from), or set it to 1 (--layer-decay 1).");
    EXPECT_EQ(said(with(1, planned("one", 12, "all"))), "") << "it asks for nothing";
    EXPECT_EQ(said(with(0.5, planned("one", 12, "stem,a,b,c.0"))), "");
    EXPECT_EQ(said(with(0.5, planned("head_first", 12, "stem,a"))), "") << "the second phase trains some";
    EXPECT_EQ(said(with(0.5, planned("gradual", 12, "stem"))), "");
    EXPECT_NE(said(with(0.5, planned("own", 12)), "5 all; rest all lr=0.001").find("no block"),
              std::string::npos);
    EXPECT_EQ(said(with(0.5, planned("own", 12)), "5 all; rest from c"), "");
    // Of a phase by itself.
    EXPECT_EQ(said(planned("own", 12), "5 all; rest none layer-decay=0.5"), "");
    EXPECT_EQ(said(planned("own", 12), "5 all layer-decay=0.5; rest none")
                  .find("phases.list: Phase \"head\": "
                        "--layer-decay changes nothing"),
              0U);
    // Only the phase that has one of its own trains blocks.
    EXPECT_NE(said(with(0.5, planned("own", 12)), "5 all; rest none layer-decay=0.75").find("0.5"),
              std::string::npos);
    // The optimizer has no use for it, and a recipe may have brought it.
    auto solved = with(0.5, planned("one", 12, "all"));
    solved.optimizer.kind = "lbfgs";
    EXPECT_EQ(said(solved), "");
    // VGG's two large layers read the map in the head's place.
    auto onMap = with(0.5, planned("one", 12, "stem,a,b,c"));
    onMap.head.kind = "average";
    auto all = units();
    all.push_back({"classifier.0", "classifier", 0, {}, 0});
    const auto phases = settings::phasesOf(onMap, all);
    ASSERT_TRUE(phases) << phases.error().sentence();
    EXPECT_FALSE(settings::checkUsed(onMap, *phases, all));
    onMap.head.kind = "linear";
    EXPECT_TRUE(settings::checkUsed(onMap, *phases, all));
}

}  // namespace

}  // namespace graft::test
