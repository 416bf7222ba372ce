// SPDX-License-Identifier: GPL-3.0-or-later
// The schedules: at every step what PyTorch's schedulers give, the warm-up by hand; and one that exists in
// this file alone reaches config.json, the command line and the choices.
#include "core/settings/Schedule.h"

#include <gtest/gtest.h>

#include <CLI/CLI.hpp>
#include <cmath>
#include <nlohmann/json.hpp>

#include "app/graft-cli/SettingOptions.h"
#include "core/settings/HeadSolving.h"
#include "core/settings/Settings.h"
#include "tests/support/TestFiles.h"

namespace graft::test {

namespace {

using nlohmann::json;
using settings::Rate;
using settings::rateAt;
using settings::Schedule;
using settings::TrainConfig;
using settings::Value;

constexpr std::int64_t kPerEpoch = 4;

// As in schedulers_reference.py.
TrainConfig scheduled(const std::string& kind, int epochs = 7) {
    TrainConfig config;
    config.epochs = epochs;
    config.optimizer.learningRate = 0.2;
    config.schedule.kind = kind;
    return config;
}

TrainConfig with(TrainConfig config, const std::map<std::string, Value>& own) {
    for (const auto& [key, value] : own)
        settings::find(key)->field.set(config, value);
    return config;
}

Rate at(const TrainConfig& config, std::int64_t step, const std::vector<double>& losses = {}) {
    return rateAt(config, {step, config.epochs * kPerEpoch, kPerEpoch, losses});
}

TEST(ScheduleTest, EveryStepIsPyTorchs) {
    const json expected = json::parse(runPython("schedulers_reference.py", {}));
    const std::vector<double> losses{1.0, 0.5, 0.6, 0.49999, 0.7, 0.3, 0.9};  // and in the script
    TrainConfig step = scheduled("step");
    step.schedule.stepEpochs = 3;
    step.schedule.gamma = 0.25;
    TrainConfig patient = scheduled("plateau");
    patient.schedule.gamma = 0.5;
    const std::map<std::string, TrainConfig> cases{
        {"constant", scheduled("constant")},
        {"step", step},
        {"cosine", scheduled("cosine")},
        {"restarts", with(scheduled("cosine"), {{"schedule.restart_epochs", std::int64_t{2}}})},
        {"growing restarts", with(scheduled("cosine"), {{"schedule.restart_epochs", std::int64_t{1}},
                                                        {"schedule.restart_factor", std::int64_t{2}}})},
        {"linear", scheduled("linear")},
        {"polynomial", scheduled("polynomial")},
        {"squared", with(scheduled("polynomial"), {{"schedule.power", 2.0}})},
        {"exponential", scheduled("exponential")},
        {"one_cycle", scheduled("one_cycle")},
        {"one_cycle of Adam", scheduled("one_cycle")},
        {"another one_cycle", with(scheduled("one_cycle"), {{"schedule.pct_start", 0.4},
                                                            {"schedule.div_factor", 10.0},
                                                            {"schedule.final_div_factor", 100.0},
                                                            {"schedule.max_momentum", 0.9},
                                                            {"schedule.base_momentum", 0.5}})},
        {"plateau", with(scheduled("plateau"), {{"schedule.plateau_patience", std::int64_t{0}}})},
        {"patient plateau", with(patient, {{"schedule.plateau_patience", std::int64_t{2}},
                                           {"schedule.plateau_min_change", 0.3}})},
        {"usual plateau", scheduled("plateau")},
    };
    ASSERT_EQ(expected.size(), cases.size());
    for (const auto& [name, config] : cases) {
        ASSERT_TRUE(settings::validate(config)) << name;
        const json& rates = expected.at(name);
        ASSERT_EQ(rates.size(), 28U);
        for (std::int64_t i = 0; i < 28; ++i) {
            const std::vector<double> known(losses.begin(), losses.begin() + i / kPerEpoch);
            const Rate rate = at(config, i, known);
            const json& both = rates.at(static_cast<std::size_t>(i));
            EXPECT_NEAR(rate.learningRate, both.at(0).get<double>(), 1e-14) << name << ", step " << i;
            EXPECT_EQ(rate.momentum.has_value(), config.schedule.kind == "one_cycle");
            if (rate.momentum) {
                EXPECT_NEAR(*rate.momentum, both.at(1).get<double>(), 1e-14) << name << ", step " << i;
            }
        }
    }
}

// What version 0.1.0 gave, before the schedules were a table (OldRunsTest: bit for bit).
TEST(ScheduleTest, OldRunsHaveTheirRates) {
    struct Case {
        const char* kind;
        int warmUp;
        std::int64_t step;
        double rate;
    };
    for (const Case& old :
         {Case{"step", 2, 0, 0x1.999999999999ap-6}, Case{"step", 2, 5, 0x1.3333333333334p-3},
          Case{"step", 2, 8, 0x1.999999999999ap-3}, Case{"step", 2, 12, 0x1.47ae147ae147cp-6},
          Case{"step", 2, 39, 0x1.a36e2eb1c432fp-13}, Case{"cosine", 2, 6, 0x1.6666666666667p-3},
          Case{"cosine", 2, 8, 0x1.999999999999ap-3}, Case{"cosine", 2, 13, 0x1.816adfa337f14p-3},
          Case{"cosine", 2, 24, 0x1.999999999999ap-4}, Case{"cosine", 2, 39, 0x1.f8eb0257be267p-12},
          Case{"cosine", 0, 7, 0x1.7b6bb35db9bb4p-3}}) {
        TrainConfig config = scheduled(old.kind, 10);
        config.schedule.stepEpochs = 3;
        config.schedule.warmupEpochs = old.warmUp;
        EXPECT_DOUBLE_EQ(at(config, old.step).learningRate, old.rate) << old.kind << " " << old.step;
    }
}

// Two epochs of four steps: eight equal rises to 0.2. Then 20 steps are left.
TEST(ScheduleTest, TheWarmUpRisesInALine) {
    const std::vector<double> losses{1, 1, 1, 1, 1, 1};
    for (const Schedule& schedule : settings::schedules()) {
        TrainConfig config = scheduled(schedule.name);
        config.schedule.warmupEpochs = 2;
        ASSERT_TRUE(settings::validate(config)) << schedule.name;
        if (schedule.name == "one_cycle") {  // it has its own
            EXPECT_FALSE(settings::applies(*settings::find("schedule.warmup_epochs"), config));
            EXPECT_DOUBLE_EQ(at(config, 0).learningRate, 0.2 / 25);
            config.schedule.warmupEpochs = 7;
            EXPECT_TRUE(settings::validate(config));
            continue;
        }
        EXPECT_TRUE(settings::applies(*settings::find("schedule.warmup_epochs"), config));
        EXPECT_DOUBLE_EQ(at(config, 0).learningRate, 0.025) << schedule.name;
        EXPECT_DOUBLE_EQ(at(config, 4).learningRate, 0.125) << schedule.name;
        EXPECT_DOUBLE_EQ(at(config, 7).learningRate, 0.2) << schedule.name;
        EXPECT_DOUBLE_EQ(at(config, 8).learningRate, 0.2) << schedule.name;
        config.schedule.warmupEpochs = 7;
        const auto valid = settings::validate(config);
        ASSERT_FALSE(valid) << schedule.name;
        EXPECT_EQ(valid.error().setting, "schedule.warmup_epochs");
    }
    const auto halfWay = [](const std::string& kind) {
        TrainConfig config = scheduled(kind);
        config.schedule.warmupEpochs = 2;
        return at(config, 18).learningRate;
    };
    EXPECT_DOUBLE_EQ(halfWay("cosine"), 0.1);
    EXPECT_DOUBLE_EQ(halfWay("linear"), 0.1);
    EXPECT_DOUBLE_EQ(halfWay("polynomial"), 0.2 * std::pow(0.5, 0.9));
    EXPECT_DOUBLE_EQ(halfWay("exponential"), 0.2 * std::pow(0.9, 2.5));
    // The cycles begin behind the warm-up.
    TrainConfig restarts = with(scheduled("cosine"), {{"schedule.restart_epochs", std::int64_t{2}}});
    restarts.schedule.warmupEpochs = 2;
    EXPECT_DOUBLE_EQ(at(restarts, 12).learningRate, 0.1);
    EXPECT_DOUBLE_EQ(at(restarts, 16).learningRate, 0.2);
}

TEST(ScheduleTest, ThePlateauFallsByNoLessThanPyTorchs) {
    TrainConfig config = with(scheduled("plateau"), {{"schedule.plateau_patience", std::int64_t{0}}});
    const std::vector<double> flat(6, 1.0);
    config.optimizer.learningRate = 1e-8;  // 9e-9 is less than ReduceLROnPlateau's eps
    EXPECT_EQ(at(config, 24, flat).learningRate, 1e-8);
    config.optimizer.learningRate = 1e-7;
    EXPECT_NEAR(at(config, 24, flat).learningRate, 1e-8, 1e-20);
}

TEST(ScheduleTest, TheShortestRunsHaveRates) {
    for (const Schedule& schedule : settings::schedules()) {
        for (std::int64_t steps = 1; steps <= 12; ++steps) {
            for (std::int64_t step = 0; step < steps; ++step) {
                const Rate rate = rateAt(scheduled(schedule.name, 1), {step, steps, steps});
                EXPECT_GT(rate.learningRate, 0) << schedule.name << " " << step << " of " << steps;
                EXPECT_LE(rate.learningRate, 0.2) << schedule.name << " " << step << " of " << steps;
            }
        }
    }
    // A rise of one step: OneCycleLR would divide by 0.
    const TrainConfig config = with(scheduled("one_cycle", 1), {{"schedule.pct_start", 0.25}});
    EXPECT_DOUBLE_EQ(at(config, 0).learningRate, 0.2);
}

TEST(ScheduleTest, WhatASettingGoesWith) {
    const auto shown = [](const char* key, const TrainConfig& config) {
        return settings::applies(*settings::find(key), config);
    };
    EXPECT_TRUE(shown("schedule.gamma", scheduled("step")));
    EXPECT_TRUE(shown("schedule.gamma", scheduled("plateau")));
    EXPECT_FALSE(shown("schedule.gamma", scheduled("cosine")));
    EXPECT_FALSE(shown("schedule.step_epochs", scheduled("plateau")));
    EXPECT_TRUE(shown("schedule.restart_epochs", scheduled("cosine")));
    EXPECT_FALSE(shown("schedule.restart_factor", scheduled("cosine")));
    EXPECT_TRUE(shown("schedule.restart_factor",
                      with(scheduled("cosine"), {{"schedule.restart_epochs", std::int64_t{2}}})));
    EXPECT_TRUE(shown("schedule.pct_start", scheduled("one_cycle")));
    EXPECT_FALSE(shown("schedule.pct_start", scheduled("linear")));
    // The schedule's momentum stands in the place of the optimizer's.
    TrainConfig moved = scheduled("one_cycle");
    EXPECT_FALSE(shown("optimizer.momentum", moved));
    EXPECT_TRUE(shown("optimizer.momentum", scheduled("cosine")));
    EXPECT_TRUE(shown("schedule.max_momentum", moved));
    moved.optimizer.kind = "adam";
    EXPECT_FALSE(shown("optimizer.beta1", moved));
    EXPECT_TRUE(shown("optimizer.beta2", moved));
    EXPECT_TRUE(shown("schedule.base_momentum", moved));
    moved.optimizer.kind = "adagrad";  // has none: PyTorch's OneCycleLR would refuse it
    EXPECT_FALSE(shown("schedule.max_momentum", moved));
    EXPECT_FALSE(shown("schedule.base_momentum", moved));
    EXPECT_TRUE(shown("schedule.pct_start", moved));
    moved.schedule.kind = "cosine";
    moved.optimizer.kind = "sgd";
    EXPECT_FALSE(shown("schedule.max_momentum", moved));
    TrainConfig solved = scheduled("step");  // L-BFGS has no rate
    solved.optimizer.kind = settings::kSolver;
    EXPECT_FALSE(shown("schedule.kind", solved));
    EXPECT_FALSE(shown("schedule.gamma", solved));
    EXPECT_FALSE(shown("schedule.warmup_epochs", solved));
}

// ---- a schedule as docs/add-a-method.md tells it

constexpr const char* kOwnFloor = "schedule.test_floor";

// Falls from the full learning rate to a share of it, epoch by epoch.
Rate falling(const TrainConfig& config, const settings::Moment& moment) {
    const double floor = settings::ownValue(config, kOwnFloor, 0.5);
    const auto epoch = static_cast<double>(moment.step / moment.stepsPerEpoch);
    return {config.optimizer.learningRate * std::max(floor, 1 - epoch / 10), 0.25};
}

void addOwnSchedule() {
    if (settings::findSchedule("test-falling") != nullptr) return;
    settings::addSchedule({{.name = "test-falling",
                            .label = GRAFT_TEXT("test falling"),
                            .help = GRAFT_TEXT("Of this test alone"),
                            .settings = {{
                                .key = kOwnFloor,
                                .option = "--test-floor",
                                .label = GRAFT_TEXT("Test floor"),
                                .help = GRAFT_TEXT("Of this test alone"),
                                .field = settings::ownNumber(kOwnFloor, 0.5, settings::from(0, 1)),
                                .whenAbsent = 0.5,
                            }},
                            .uses = {"schedule.warmup_epochs"}},
                           falling});
}

TEST(OwnScheduleTest, IsAChoiceOfTheTableWithItsOwnSettings) {
    addOwnSchedule();
    const auto& choices = settings::find("schedule.kind")->field.choices;
    const auto found = std::ranges::find(choices, "test-falling", &settings::Choice::name);
    ASSERT_NE(found, choices.end());
    EXPECT_EQ(found->label, "test falling");
    EXPECT_FALSE(settings::applies(*settings::find(kOwnFloor), scheduled("cosine")));
    EXPECT_TRUE(settings::applies(*settings::find(kOwnFloor), scheduled("test-falling")));
    EXPECT_TRUE(settings::applies(*settings::find("schedule.warmup_epochs"), scheduled("test-falling")));
}

TEST(OwnScheduleTest, GoesThroughJson) {
    addOwnSchedule();
    TrainConfig config = with(scheduled("test-falling"), {{kOwnFloor, 0.875}});
    const json written = json::parse(settings::toJson(config));
    EXPECT_EQ(written.at("schedule").at("kind").get<std::string>(), "test-falling");
    EXPECT_EQ(written.at("schedule").at("test_floor").get<double>(), 0.875);
    config = settings::configFromJson(written.dump()).value();
    EXPECT_EQ(config.schedule.kind, "test-falling");
    EXPECT_EQ(settings::ownValue(config, kOwnFloor, 0.0), 0.875);
}

TEST(OwnScheduleTest, IsInTheHelpAndIsTakenFromTheCommandLine) {
    addOwnSchedule();
    CLI::App command;
    cli::SettingOptions options;
    options.addTo(command);
    EXPECT_NE(command.help().find("test-falling"), std::string::npos);
    EXPECT_NE(command.help().find("--test-floor"), std::string::npos);
    command.parse(std::vector<std::string>{"0.75", "--test-floor", "test-falling", "--schedule"});
    TrainConfig config = scheduled("constant");
    options.applyTo(config);
    EXPECT_TRUE(options.checkUsed(config));
    EXPECT_EQ(config.schedule.kind, "test-falling");
    EXPECT_EQ(settings::ownValue(config, kOwnFloor, 0.0), 0.75);
}

TEST(OwnScheduleTest, GivesTheRate) {
    addOwnSchedule();
    TrainConfig config = with(scheduled("test-falling"), {{kOwnFloor, 0.75}});
    EXPECT_DOUBLE_EQ(at(config, 3).learningRate, 0.2);
    EXPECT_DOUBLE_EQ(at(config, 8).learningRate, 0.16);
    EXPECT_DOUBLE_EQ(at(config, 27).learningRate, 0.15);
    EXPECT_EQ(at(config, 27).momentum, 0.25);
    config.schedule.warmupEpochs = 1;
    EXPECT_DOUBLE_EQ(at(config, 0).learningRate, 0.05);
}

}  // namespace

}  // namespace graft::test
