// SPDX-License-Identifier: GPL-3.0-or-later
// graft-cli runs, and train --like.
#include <algorithm>
#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>

#include "tests/support/PlainRun.h"
#include "tests/support/SampleFolder.h"

namespace graft::test {

namespace {

using nlohmann::json;

class RunsCommandTest : public testing::Test {
  protected:
    void SetUp() override {
        settings::TrainConfig config;
        config.backbone = "resnet18";
        writePlainRun(path("runs/first"), config, {0.5, 0.75}, "2026-01-01 00:00:00");
        config.epochs = 30;
        writePlainRun(path("runs/second"), config, {0.6}, "2026-01-02 00:00:00", false);
    }
    std::string path(const std::string& name) const { return m_folder.path(name); }

    ProcessResult runs(std::vector<std::string> arguments) const {
        arguments.insert(arguments.begin(), "runs");
        arguments.insert(arguments.end(), {"--root", path("runs")});
        return runCli(std::move(arguments));
    }
    json document(std::vector<std::string> arguments) const {
        arguments.push_back("--json");
        const ProcessResult result = runs(std::move(arguments));
        EXPECT_EQ(result.status, 0) << result.errors;
        return json::parse(result.output, nullptr, false);
    }
    static void expectRefusal(const ProcessResult& result, int status, const std::string& word) {
        EXPECT_EQ(result.status, status) << result.errors;
        EXPECT_NE(result.errors.find(word), std::string::npos) << result.errors;
        EXPECT_EQ(std::count(result.errors.begin(), result.errors.end(), '\n'), 1) << result.errors;
    }

  private:
    TemporaryFolder m_folder;
};

TEST_F(RunsCommandTest, ListGivesEveryRunAndNamesTheRest) {
    writeText(path("runs/notes.txt"), "mine");
    writeText(path("runs/third/config.json"), "{");
    const json listed = document({"list"});
    EXPECT_EQ(listed.at("root").get<std::string>(), path("runs"));
    ASSERT_EQ(listed.at("runs").size(), 3U);
    const json& newest = listed["runs"][0];
    EXPECT_EQ(newest.at("name").get<std::string>(), "second");
    EXPECT_EQ(newest.at("status").get<std::string>(), "stopped");
    const json& first = listed["runs"][1];
    EXPECT_EQ(first.at("run").get<std::string>(), path("runs/first"));
    EXPECT_EQ(first.at("status").get<std::string>(), "completed");
    EXPECT_TRUE(first.at("failure").is_null());
    EXPECT_EQ(first.at("backbone").get<std::string>(), "resnet18");
    EXPECT_EQ(first.at("trained").get<std::string>(), "everything");
    EXPECT_EQ(first.at("best"),
              json::parse(R"({"by": "accuracy", "figure": "accuracy", "value": 0.75, "epoch": 2})"));
    EXPECT_EQ(first.at("val_accuracy").get<double>(), 0.75);
    EXPECT_EQ(first.at("epochs").get<int>(), 2);
    EXPECT_EQ(first.at("epochs_planned").get<int>(), 10);
    EXPECT_EQ(first.at("seconds").get<double>(), 3.0);
    EXPECT_TRUE(first.at("began").get<std::string>().ends_with('Z'));
    EXPECT_EQ(first.at("note").get<std::string>(), "");
    EXPECT_FALSE(first.at("star").get<bool>());
    EXPECT_FALSE(first.at("dataset_is_there").get<bool>());
    const json& damaged = listed["runs"][2];
    EXPECT_EQ(damaged.at("name").get<std::string>(), "third");
    EXPECT_EQ(damaged.at("error").at("code").get<std::string>(), "bad_format");
    ASSERT_EQ(listed.at("passed_over").size(), 1U);
    EXPECT_EQ(listed["passed_over"][0].at("path").get<std::string>(), path("runs/notes.txt"));

    const ProcessResult text = runs({"list", "--sort", "best"});
    ASSERT_EQ(text.status, 0) << text.errors;
    const std::size_t at = text.output.find("first");
    const std::size_t then = text.output.find("second");
    ASSERT_NE(then, std::string::npos) << text.output;
    EXPECT_LT(at, then) << text.output;
    EXPECT_NE(text.output.find("75.0 %"), std::string::npos) << text.output;
    EXPECT_NE(text.output.find("cannot be read"), std::string::npos) << text.output;
    EXPECT_NE(text.errors.find("notes.txt"), std::string::npos) << text.errors;
}

TEST_F(RunsCommandTest, ListSearchesAndSaysWhereNothingIs) {
    EXPECT_EQ(document({"list", "--search", "FIRST"}).at("runs").size(), 1U);
    EXPECT_EQ(document({"list", "--search", "nothing"}).at("runs").size(), 0U);
    const auto nowhere = runCli({"runs", "list", "--root", path("nowhere")});
    EXPECT_EQ(nowhere.status, 0);
    EXPECT_EQ(nowhere.output, "There are no runs in " + path("nowhere") + ".\n");
}

// The window keeps its runs there.
TEST_F(RunsCommandTest, WithoutARootTheWindowsRunsAreListed) {
    fs::create_directories(path("graft"));
    fs::rename(path("runs"), path("graft/runs"));
    const auto listed =
        runProcess({"/usr/bin/env", "XDG_DATA_HOME=" + path(""), GRAFT_CLI, "runs", "list", "--json"});
    ASSERT_EQ(listed.status, 0) << listed.errors;
    EXPECT_EQ(json::parse(listed.output).at("runs").size(), 2U) << listed.output;
}

TEST_F(RunsCommandTest, ShowSaysWhatTheRunWasGivenAndWhatIsMissing) {
    const json shown = document({"show", "first"});
    EXPECT_EQ(shown.at("name").get<std::string>(), "first");
    EXPECT_EQ(shown.at("given").at("epochs"), json(10));
    EXPECT_EQ(shown.at("given").at("classes").get<std::string>(), "cat, dog");
    EXPECT_FALSE(shown.at("given").contains("schedule.gamma"));
    EXPECT_FALSE(shown.at("images").at("is_there").get<bool>());
    EXPECT_EQ(shown.at("images").at("missing").get<int>(), 4);
    EXPECT_GE(shown.at("missing").size(), 1U);
    const ProcessResult text = runs({"show", path("runs/first")});
    ASSERT_EQ(text.status, 0) << text.errors;
    for (const char* word : {"Learning rate", "75.0 %", "Missing", "--data FOLDER"})
        EXPECT_NE(text.output.find(word), std::string::npos) << word << "\n" << text.output;
    expectRefusal(runs({"show", "nowhere"}), 1, "no run here");
}

// Every name that `list` prints is one that the others take.
TEST_F(RunsCommandTest, ANameIsTakenAsItIsListed) {
    writePlainRun(path("runs/many/seed-1"), {}, {0.5}, "2026-01-01 00:00:00");
    const json listed = document({"list"});
    ASSERT_FALSE(listed.at("runs").empty());
    for (const json& run : listed.at("runs")) {
        const auto name = run.at("name").get<std::string>();
        EXPECT_EQ(document({"show", name}).at("run"), run.at("run")) << name;
    }
    // What is called so in the current folder is meant where that is said, or nothing else is.
    writePlainRun(path("here/first"), {}, {0.5}, "2026-01-01 00:00:00");
    const auto shown = [&](const std::string& arguments) {
        const auto result =
            runProcess({"bash", "-c", "cd \"$1\" && exec \"$0\" runs show --json " + arguments, GRAFT_CLI,
                        path("here"), path("runs")});
        EXPECT_EQ(result.status, 0) << result.errors;
        return json::parse(result.output, nullptr, false).at("run").get<std::string>();
    };
    EXPECT_EQ(shown("first --root \"$2\""), path("runs/first"));
    EXPECT_EQ(shown("./first --root \"$2\""), "./first");
    EXPECT_EQ(shown("first"), "first");
}

TEST_F(RunsCommandTest, WhatIsNoCommandIsNamed) {
    expectRefusal(runs({"foo"}), 2, "\"runs foo\"");
    expectRefusal(runCli({"runs", "--root", path("runs"), "foo"}), 2, "\"runs foo\"");
    expectRefusal(runs({"foo"}), 2, "compare");
    EXPECT_EQ(runCli({"runs", "--root", path("runs"), "list"}).status, 0);
}

// Of weights that come with Graft none was published.
TEST_F(RunsCommandTest, AnAccuracyThatIsNotKnownIsNoZero) {
    const ProcessResult text = runCli({"backbones"});
    for (const json& entry : json::parse(runCli({"backbones", "--json"}).output)) {
        for (const char* key : {"top1", "top5"}) {
            const json& value = entry.at(key);
            EXPECT_TRUE(value.is_null() || value.get<double>() > 0) << entry.dump();
        }
    }
    EXPECT_EQ(text.output.find(" 0.00"), std::string::npos) << text.output;
}

TEST_F(RunsCommandTest, ComparePutsWhatDiffersFirst) {
    const json compared = document({"compare", "first", "second"});
    EXPECT_EQ(compared.at("runs"),
              json::parse("[\"" + path("runs/first") + "\", \"" + path("runs/second") + "\"]"));
    EXPECT_EQ(compared.at("differing").get<int>(), 1);
    const json& row = compared.at("given")[0];
    EXPECT_EQ(row.at("key").get<std::string>(), "epochs");
    EXPECT_EQ(row.at("label").get<std::string>(), "Epochs");
    EXPECT_TRUE(row.at("differs").get<bool>());
    EXPECT_EQ(row.at("values")[1].at("value"), json(30));
    EXPECT_FALSE(compared.at("given")[1].at("differs").get<bool>());
    EXPECT_EQ(compared.at("outcome")[0].at("key").get<std::string>(), "status");
    const ProcessResult text = runs({"compare", "first", "second"});
    ASSERT_EQ(text.status, 0) << text.errors;
    const std::size_t same = text.output.find("The same");
    ASSERT_NE(same, std::string::npos) << text.output;
    EXPECT_LT(text.output.find("Different"), same) << text.output;
    expectRefusal(runs({"compare", "first"}), 2, "two runs or more");
}

// As they are, not as they are printed: a script computes with them.
TEST_F(RunsCommandTest, NumbersAreNumbersInFull) {
    settings::TrainConfig config;
    config.backbone = "resnet18";
    config.optimizer.learningRate = 0.00012345678901234567;
    config.seed = 18446744073709551614ULL;
    writePlainRun(path("runs/fine"), config, {0.123456789012345}, "2026-01-03 00:00:00");
    const json given = document({"show", "fine"}).at("given");
    EXPECT_EQ(given.at("optimizer.learning_rate").get<double>(), 0.00012345678901234567);
    EXPECT_TRUE(given.at("seed").is_number());
    EXPECT_EQ(given.at("seed").get<std::uint64_t>(), 18446744073709551614ULL);
    EXPECT_TRUE(given.at("backbone").is_string()) << given.dump();
    EXPECT_TRUE(given.at("optimizer.nesterov").is_boolean()) << given.dump();
    EXPECT_EQ(document({"list", "--search", "fine"})["runs"][0].at("val_accuracy").get<double>(),
              0.123456789012345);
    std::map<std::string, json> outcome;
    const json compared = document({"compare", "fine", "first"});
    for (const json& row : compared.at("outcome"))
        outcome[row.at("key").get<std::string>()] = row.at("values")[0];
    EXPECT_EQ(outcome.at("val_accuracy").at("value").get<double>(), 0.123456789012345);
    EXPECT_EQ(outcome.at("val_accuracy").at("text").get<std::string>(), "12.3 %");
    EXPECT_EQ(outcome.at("best").at("value").get<double>(), 0.123456789012345);
    EXPECT_EQ(outcome.at("val_loss").at("value").get<double>(), 1 - 0.123456789012345);
    EXPECT_EQ(outcome.at("seconds").at("value").get<double>(), 1.5);
    EXPECT_EQ(outcome.at("best_epoch").at("value"), json(1));
    EXPECT_EQ(outcome.at("epochs_done").at("value"), json(1));
    EXPECT_EQ(outcome.at("status").at("value").get<std::string>(), "completed");
}

TEST_F(RunsCommandTest, ANoteAndAStarAreKept) {
    EXPECT_EQ(document({"note", "first", "for the fair"}).at("note").get<std::string>(), "for the fair");
    EXPECT_TRUE(document({"star", "first"}).at("star").get<bool>());
    EXPECT_EQ(runs({"note", "first"}).output, "for the fair\n");
    const json listed = document({"list", "--sort", "name"});
    EXPECT_EQ(listed["runs"][0].at("note").get<std::string>(), "for the fair");
    EXPECT_TRUE(listed["runs"][0].at("star").get<bool>());
    EXPECT_FALSE(document({"star", "first", "--off"}).at("star").get<bool>());
    EXPECT_EQ(document({"note", "first", "--clear"}).at("note").get<std::string>(), "");
    EXPECT_FALSE(fs::exists(path("runs/first/note.json")));
    writeText(path("runs/first/note.json"), "{");
    expectRefusal(runs({"star", "first"}), 1, "note.json");
    EXPECT_EQ(readText(path("runs/first/note.json")), "{");
}

TEST_F(RunsCommandTest, RenamedAndRemoved) {
    expectRefusal(runs({"rename", "first", "  "}), 2, "needs a name");
    const json renamed = document({"rename", "first", " better "});
    EXPECT_EQ(renamed.at("run").get<std::string>(), path("runs/better"));
    expectRefusal(runs({"rename", "better", "second"}), 2, "called so already");
    expectRefusal(runs({"remove", "better"}), 2, "--yes");  // nobody can be asked here
    EXPECT_TRUE(fs::exists(path("runs/better")));
    // All or none of them.
    writeText(path("runs/second/mine.txt"), "mine");
    expectRefusal(runs({"remove", "better", "second", "--yes"}), 2, "mine.txt");
    EXPECT_TRUE(fs::exists(path("runs/better")));
    fs::remove(path("runs/second/mine.txt"));
    // However often one is named.
    EXPECT_EQ(document({"remove", "better", path("runs/better/"), "second", "--yes"}).at("removed").size(),
              2U);
    EXPECT_TRUE(fs::is_empty(path("runs")));
}

class LikeTest : public testing::Test {
  protected:
    void SetUp() override {
        makeSampleFolder(path("images"));
        const auto trained = runCli({"train",        path("images"),
                                     "--backbone",   "squeezenet1_1",
                                     "--weights",    "none",
                                     "--resize",     "32",
                                     "--crop",       "32",
                                     "--epochs",     "2",
                                     "--batch-size", "8",
                                     "--device",     "cpu",
                                     "--threads",    "2",
                                     "--optimizer",  "adam",
                                     "--lr",         "0.001",
                                     "--seed",       "5",
                                     "--run",        path("first")});
        ASSERT_EQ(trained.status, 0) << trained.errors;
    }
    std::string path(const std::string& name) const { return m_folder.path(name); }
    // What a run came to, without its times.
    json figures(const std::string& run) const {
        std::istringstream lines(readText(path(run + "/metrics.jsonl")));
        json all = json::array();
        for (std::string line; std::getline(lines, line);) {
            json epoch = json::parse(line);
            for (const char* key : {"seconds", "images_per_second"})
                EXPECT_EQ(epoch.erase(key), 1U);
            all.push_back(epoch);
        }
        return all;
    }
    json config(const std::string& run) const { return json::parse(readText(path(run + "/config.json"))); }

  private:
    TemporaryFolder m_folder;
};

TEST_F(LikeTest, ARepeatedRunGivesTheSameNumbers) {
    const auto again = runCli({"train", "--like", path("first"), "--run", path("again")});
    ASSERT_EQ(again.status, 0) << again.errors;
    EXPECT_EQ(figures("again"), figures("first"));
    EXPECT_EQ(figures("again").size(), 2U);
    EXPECT_EQ(readText(path("again/model.safetensors")), readText(path("first/model.safetensors")));
    EXPECT_EQ(config("again"), config("first"));
}

TEST_F(LikeTest, WhatIsGivenBesideItCountsMore) {
    fs::copy(path("images"), path("copy"), fs::copy_options::recursive);
    const auto other = runCli({"train", path("copy"), "--like", path("first"), "--epochs", "1", "--lr",
                               "0.002", "--run", path("other")});
    ASSERT_EQ(other.status, 0) << other.errors;
    json expected = config("first");
    expected["dataset_folder"] = path("copy");
    expected["epochs"] = 1;
    expected["optimizer"]["learning_rate"] = 0.002;
    EXPECT_EQ(config("other"), expected);
    // An option of the run's optimizer; the default one has it not.
    const auto beta =
        runCli({"train", "--like", path("first"), "--epochs", "1", "--beta1", "0.8", "--run", path("beta")});
    EXPECT_EQ(beta.status, 0) << beta.errors;
    const auto momentum =
        runCli({"train", "--like", path("first"), "--momentum", "0.8", "--run", path("momentum")});
    EXPECT_EQ(momentum.status, 2) << momentum.errors;
}

TEST_F(LikeTest, WithItsModelAsTheStart) {
    const auto next = runCli({"train", "--like", path("first"), "--weights", path("first"), "--epochs", "1",
                              "--run", path("next")});
    ASSERT_EQ(next.status, 0) << next.errors;
    EXPECT_NE(next.errors.find("trained classifier is used"), std::string::npos) << next.errors;
    EXPECT_EQ(config("next").at("weights_file").get<std::string>(), path("first/model.safetensors"));
    EXPECT_EQ(config("next").at("optimizer").at("kind").get<std::string>(), "adam");
    // That model is gone: other weights have to be given.
    fs::remove_all(path("first"));
    const auto gone = runCli({"train", "--like", path("next"), "--run", path("more")});
    EXPECT_EQ(gone.status, 1);
    EXPECT_NE(gone.errors.find("are not there any more"), std::string::npos) << gone.errors;
    EXPECT_FALSE(fs::exists(path("more")));
}

TEST_F(LikeTest, AModelWhoseRunWasRenamedIsFound) {
    const auto next = runCli({"train", "--like", path("first"), "--weights", path("first"), "--epochs", "1",
                              "--run", path("next")});
    ASSERT_EQ(next.status, 0) << next.errors;
    ASSERT_EQ(runCli({"runs", "rename", path("first"), "renamed"}).status, 0);
    const auto again = runCli({"train", "--like", path("next"), "--run", path("again")});
    ASSERT_EQ(again.status, 0) << again.errors;
    EXPECT_EQ(config("again").at("weights_file").get<std::string>(), path("renamed/model.safetensors"));
    EXPECT_EQ(figures("again"), figures("next"));
}

TEST_F(LikeTest, WhatMakesNoSenseIsRefused) {
    const auto refused = [&](std::vector<std::string> arguments, int status, const std::string& word) {
        arguments.insert(arguments.end(), {"--run", path("refused")});
        const auto result = runCli(std::move(arguments));
        EXPECT_EQ(result.status, status) << result.errors;
        EXPECT_NE(result.errors.find(word), std::string::npos) << result.errors;
        EXPECT_FALSE(fs::exists(path("refused")));
    };
    refused({"train"}, 2, "--like RUN");
    refused({"train", "--like", path("images")}, 1, "no run here");
    refused({"train", "--like", path("first"), "--recipe", "last-block"}, 2, "--recipe");
    const auto inside = runCli({"train", "--like", path("first"), "--run", path("images/run")});
    EXPECT_EQ(inside.status, 2);
    EXPECT_NE(inside.errors.find("lies in the folder of pictures"), std::string::npos) << inside.errors;
}

}  // namespace

}  // namespace graft::test
