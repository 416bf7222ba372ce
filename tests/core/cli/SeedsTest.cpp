// SPDX-License-Identifier: GPL-3.0-or-later
// graft-cli train --seeds: as many ordinary runs, and what they come to.
#include <algorithm>
#include <cmath>
#include <csignal>
#include <cstdlib>
#include <nlohmann/json.hpp>

#include "tests/support/SampleFolder.h"
#include "tests/support/StartCli.h"

namespace graft::test {

namespace {

using nlohmann::json;

class SeedsTest : public testing::Test {
  protected:
    void SetUp() override { makeSampleFolder(path("images")); }
    std::string path(const std::string& name) const { return m_folder.path(name); }

    std::vector<std::string> trainArguments(const std::string& run,
                                            const std::vector<std::string>& others) const {
        std::vector<std::string> arguments{
            "train",  path("images"), "--backbone", "squeezenet1_1", "--weights", "none", "--resize",
            "32",     "--crop",       "32",         "--batch-size",  "8",         "--lr", "0.003",
            "--json", "--device",     "cpu",        "--threads",     "2",         "--run"};
        arguments.push_back(path(run));
        arguments.insert(arguments.end(), others.begin(), others.end());
        return arguments;
    }

    // Ends the process at its so-manieth change of a file in the folder.
    ProcessResult killedAt(long change, const std::string& folder,
                           const std::vector<std::string>& arguments) const {
        const char* options = std::getenv("ASAN_OPTIONS");
        std::vector<std::string> command{
            "env", std::string("LD_PRELOAD=") + GRAFT_FAILING_DEVICE,
            // That the sanitizer's library comes second is meant.
            std::string("ASAN_OPTIONS=verify_asan_link_order=0:") + (options != nullptr ? options : ""),
            "GRAFT_DEVICE_FOLDER=" + path(folder), "GRAFT_DEVICE_DO=kill",
            "GRAFT_DEVICE_AT=" + std::to_string(change), "GRAFT_DEVICE_COUNT=" + path("changes"), GRAFT_CLI};
        command.insert(command.end(), arguments.begin(), arguments.end());
        return runProcess(command);
    }

    bool isCompleted(const std::string& run) const { return fs::exists(path(run + "/checkpoint/completed")); }

  private:
    TemporaryFolder m_folder;
};

void expectSpread(const json& found, double a, double b, double c) {
    const double mean = (a + b + c) / 3;
    EXPECT_NEAR(found.at("mean").get<double>(), mean, 1e-12);
    EXPECT_EQ(found.at("min").get<double>(), std::min({a, b, c}));
    EXPECT_EQ(found.at("max").get<double>(), std::max({a, b, c}));
    const double squares = (a - mean) * (a - mean) + (b - mean) * (b - mean) + (c - mean) * (c - mean);
    EXPECT_NEAR(found.at("std").get<double>(), std::sqrt(squares / 2), 1e-12);
}

}  // namespace

TEST_F(SeedsTest, TheyAreTheSingleRunsAlsoAfterAKill) {
    const auto arguments = trainArguments("many", {"--epochs", "2", "--seeds", "3", "--seed", "7"});
    ASSERT_EQ(killedAt(15, "many/seed-2", arguments).status, 128 + SIGKILL);
    ASSERT_TRUE(isCompleted("many/seed-1"));
    ASSERT_FALSE(isCompleted("many/seed-2"));
    EXPECT_FALSE(fs::exists(path("many/seed-3")));
    EXPECT_FALSE(fs::exists(path("many/seeds.json")));
    const std::string firstLog = readText(path("many/seed-1/log.txt"));

    const auto whole = runCli(arguments);
    ASSERT_EQ(whole.status, 0) << whole.errors;
    const json document = json::parse(whole.output);
    EXPECT_EQ(document.at("status"), "completed");
    EXPECT_EQ(document, json::parse(readText(path("many/seeds.json"))));
    EXPECT_EQ(readText(path("many/seed-1/log.txt")), firstLog);  // it is left alone
    ASSERT_EQ(document.at("runs").size(), 3U);

    std::vector<double> best;
    std::vector<double> last;
    for (int n = 1; n <= 3; ++n) {
        const std::string single = "single-" + std::to_string(n);
        const std::string one = "many/seed-" + std::to_string(n);
        const auto trained =
            runCli(trainArguments(single, {"--epochs", "2", "--seed", std::to_string(6 + n)}));
        ASSERT_EQ(trained.status, 0) << trained.errors;
        for (const char* file : {"/model.safetensors", "/predictions.csv"})
            EXPECT_EQ(readText(path(one + file)), readText(path(single + file))) << n << file;
        const json report = json::parse(trained.output);
        best.push_back(report.at("val_accuracy").get<double>());
        last.push_back(report.at("epochs").back().at("val_accuracy").get<double>());
        const json& run = document["runs"][static_cast<std::size_t>(n - 1)];
        EXPECT_EQ(run.at("run"), path(one));
        EXPECT_EQ(run.at("seed"), 6 + n);
        EXPECT_EQ(run.at("status"), "completed");
        EXPECT_EQ(run.at("epochs"), 2);
        EXPECT_EQ(run.at("best_epoch"), report.at("best_epoch"));
        EXPECT_EQ(run.at("val_accuracy").get<double>(), best.back());
        EXPECT_EQ(run.at("last_val_accuracy").get<double>(), last.back());
    }
    EXPECT_NE(readText(path("single-1/model.safetensors")), readText(path("single-2/model.safetensors")));
    expectSpread(document.at("val_accuracy"), best[0], best[1], best[2]);
    expectSpread(document.at("last_val_accuracy"), last[0], last[1], last[2]);

    // There is nothing left to do; a table says it to a person.
    auto table = arguments;
    std::erase(table, "--json");
    const auto again = runCli(table);
    ASSERT_EQ(again.status, 0) << again.errors;
    for (const char* word : {"seed-1", "seed-3", "mean", "lowest", "highest", "standard deviation"})
        EXPECT_NE(again.output.find(word), std::string::npos) << again.output;
    EXPECT_EQ(readText(path("many/seed-1/log.txt")), firstLog);
}

TEST_F(SeedsTest, OthersRunsAreNotAveragedWithThem) {
    const auto one = [&](const std::string& run, std::vector<std::string> others) {
        others.insert(others.end(), {"--epochs", "1"});
        return runCli(trainArguments(run, others));
    };
    ASSERT_EQ(one("many", {"--seeds", "1"}).status, 0);
    const auto otherRate = one("many", {"--seeds", "2", "--momentum", "0.5"});
    EXPECT_EQ(otherRate.status, 2);
    EXPECT_NE(otherRate.errors.find("another optimizer.momentum"), std::string::npos) << otherRate.errors;
    EXPECT_FALSE(fs::exists(path("many/seed-2")));
    const auto otherBlocks = one("many", {"--seeds", "2", "--freeze", "all"});
    EXPECT_EQ(otherBlocks.status, 2);
    EXPECT_NE(otherBlocks.errors.find("other frozen blocks"), std::string::npos) << otherBlocks.errors;
    const auto ofOne = one("many/seed-1", {"--seeds", "2"});
    EXPECT_EQ(ofOne.status, 2);
    EXPECT_NE(ofOne.errors.find("folder of one run"), std::string::npos) << ofOne.errors;
    // More of them go on from those that are there; of one there is no deviation.
    EXPECT_TRUE(json::parse(readText(path("many/seeds.json"))).at("val_accuracy").at("std").is_null());
    const auto more = one("many", {"--seeds", "2"});
    ASSERT_EQ(more.status, 0) << more.errors;
    EXPECT_EQ(json::parse(more.output).at("runs").size(), 2U);
}

TEST_F(SeedsTest, WhatIsFinishedBeforeAFailureIsKept) {
    writeText(path("many/seed-2/metrics.jsonl"), "somebody's");
    const auto failed = runCli(trainArguments("many", {"--epochs", "1", "--seeds", "3", "--seed", "7"}));
    EXPECT_EQ(failed.status, 2) << failed.errors;
    EXPECT_NE(failed.errors.find("seed 8 failed"), std::string::npos) << failed.errors;
    EXPECT_NE(failed.errors.find("up to " + path("many/seed-1") + ". "), std::string::npos) << failed.errors;
    EXPECT_NE(failed.errors.find("write over a file"), std::string::npos) << failed.errors;
    EXPECT_TRUE(isCompleted("many/seed-1"));
    EXPECT_FALSE(fs::exists(path("many/seed-3")));
    const json document = json::parse(readText(path("many/seeds.json")));
    EXPECT_EQ(document.at("status"), "stopped");
    ASSERT_EQ(document.at("runs").size(), 1U);
    EXPECT_EQ(document["runs"][0].at("status"), "completed");
    EXPECT_EQ(document["val_accuracy"].at("mean"), document["runs"][0].at("val_accuracy"));

    fs::remove_all(path("many/seed-2"));
    const auto whole = runCli(trainArguments("many", {"--epochs", "1", "--seeds", "3", "--seed", "7"}));
    ASSERT_EQ(whole.status, 0) << whole.errors;
    EXPECT_EQ(json::parse(whole.output).at("runs").size(), 3U);
}

// A run of another kind is seen before any is trained.
TEST_F(SeedsTest, ALaterOneOfOthersIsRefusedAtOnce) {
    ASSERT_EQ(
        runCli(trainArguments("many/seed-2", {"--epochs", "1", "--seed", "2", "--momentum", "0.5"})).status,
        0);
    const auto refused = runCli(trainArguments("many", {"--epochs", "1", "--seeds", "2"}));
    EXPECT_EQ(refused.status, 2) << refused.errors;
    EXPECT_NE(refused.errors.find("another optimizer.momentum"), std::string::npos) << refused.errors;
    EXPECT_FALSE(fs::exists(path("many/seed-1")));
    EXPECT_FALSE(fs::exists(path("many/seeds.json")));
}

TEST_F(SeedsTest, CtrlCStopsAllOfThem) {
    const pid_t child = startCli(trainArguments("many", {"--epochs", "1000", "--seeds", "2"}));
    ASSERT_TRUE(waitForFile(path("many/seed-1/metrics.jsonl"), child));
    kill(child, SIGINT);
    int status = 0;
    waitpid(child, &status, 0);
    ASSERT_TRUE(WIFEXITED(status));
    EXPECT_EQ(WEXITSTATUS(status), 0);
    EXPECT_TRUE(fs::exists(path("many/seed-1/checkpoint/state.safetensors")));
    EXPECT_FALSE(fs::exists(path("many/seed-2")));
    const json document = json::parse(readText(path("many/seeds.json")));
    EXPECT_EQ(document.at("status"), "stopped");
    EXPECT_EQ(document.at("runs").at(0).at("status"), "stopped");
    EXPECT_TRUE(document.at("val_accuracy").is_null());  // of those that are finished: none
}

}  // namespace graft::test
