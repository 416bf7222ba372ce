// SPDX-License-Identifier: GPL-3.0-or-later
// A run's note, its other name, and its end.
#include "core/training/RunUpkeep.h"

#include <sys/stat.h>
#include <algorithm>
#include <csignal>
#include <thread>

#include "core/training/detail/RunLock.h"
#include "tests/support/FailingDevice.h"
#include "tests/support/InChild.h"
#include "tests/support/PlainRun.h"
#include "tests/support/TrainingFixture.h"

namespace graft::test {

namespace {

using training::RunNote;

// Every path below the folder.
std::vector<std::string> contentsOf(const std::string& folder) {
    std::vector<std::string> paths;
    for (const auto& entry : fs::recursive_directory_iterator(folder))
        paths.push_back(entry.path().lexically_relative(folder).string());
    std::ranges::sort(paths);
    return paths;
}

class RunUpkeepTest : public testing::Test {
  protected:
    void SetUp() override { writePlainRun(path("runs/one"), {}, {0.5, 0.7}, "2026-01-01 00:00:00"); }
    std::string path(const std::string& name) const { return m_folder.path(name); }
    static void expectRefused(const Result<void>& result, const std::string& word) {
        ASSERT_FALSE(result);
        const std::string sentence = result.error().sentence();
        EXPECT_NE(sentence.find(word), std::string::npos) << sentence;
        EXPECT_TRUE(sentence.ends_with('.')) << sentence;
    }
    static Result<void> withoutValue(const Result<std::string>& result) {
        if (result) return {};
        return fail(result.error());
    }

  private:
    TemporaryFolder m_folder;
};

// The window, another window and graft-cli.
TEST_F(RunUpkeepTest, OfTwoThatChangeANoteAtOnceNeitherIsLost) {
    constexpr int kTimes = 200;
    const std::string run = path("runs/one");
    const auto append = [&](char letter) {
        for (int i = 0; i < kTimes; ++i) {
            const auto changed = training::changeNote(run, [letter](RunNote& note) {
                note.text += letter;
                return true;
            });
            EXPECT_TRUE(changed);
        }
    };
    std::thread other([&] { append('b'); });
    append('a');
    other.join();
    const std::string text = training::readNote(run)->text;
    EXPECT_EQ(std::ranges::count(text, 'a'), kTimes);
    EXPECT_EQ(std::ranges::count(text, 'b'), kTimes);
    const auto looked = training::changeNote(run, [](RunNote& note) {
        note.text = "not meant";
        return false;
    });
    ASSERT_TRUE(looked);
    EXPECT_EQ(training::readNote(run)->text, text);
    // One that has gone has no note, and does not get an empty one.
    bool isAsked = false;
    const auto gone =
        training::changeNote(path("runs/gone"), [&isAsked](RunNote&) { return isAsked = true; });
    ASSERT_FALSE(gone);
    EXPECT_EQ(gone.error().code, ErrorCode::NotFound);
    EXPECT_FALSE(isAsked);
}

TEST_F(RunUpkeepTest, ANoteAndAStarStayAndGo) {
    const std::string run = path("runs/one");
    const auto before = contentsOf(run);
    EXPECT_EQ(training::readNote(run)->text, "");
    ASSERT_TRUE(training::writeNote(run, {"größer, Bild für Bild\r\nsecond line \n", true}));
    const RunNote note = training::readNote(run).value();
    EXPECT_EQ(note.text, "größer, Bild für Bild\nsecond line");
    EXPECT_TRUE(note.star);
    const auto json = nlohmann::json::parse(readText(run + "/note.json"));
    EXPECT_EQ(json.at("note").get<std::string>(), note.text);
    EXPECT_TRUE(json.at("star").get<bool>());
    ASSERT_TRUE(training::writeNote(run, {"", true}));
    EXPECT_TRUE(training::readNote(run)->star);
    ASSERT_TRUE(training::writeNote(run, {" \n", false}));
    EXPECT_EQ(contentsOf(run), before);
}

TEST_F(RunUpkeepTest, WhatIsNoNoteIsRefused) {
    const std::string run = path("runs/one");
    ASSERT_TRUE(training::writeNote(run, {std::string(training::kMostNoteBytes, 'x'), false}));
    const std::string kept = readText(run + "/note.json");
    expectRefused(training::writeNote(run, {std::string(training::kMostNoteBytes + 1, 'x'), false}),
                  "shorten");
    expectRefused(training::writeNote(run, {"\x1b[2J", false}), "control characters");
    expectRefused(training::writeNote(run, {"\xff", false}), "UTF-8");
    expectRefused(training::writeNote(path("runs"), {"x", false}), "no run here");
    EXPECT_EQ(readText(run + "/note.json"), kept);
}

// It is said, and neither hides the run nor is it written over.
TEST_F(RunUpkeepTest, ADamagedNoteIsSaidAndTheRunIsListed) {
    for (const char* damaged : {"{", "[]", R"({"note": 5, "star": false})", R"({"note": "x"})",
                                R"({"note": "\u001b[2J", "star": false})"}) {
        writeText(path("runs/one/note.json"), damaged);
        const auto card = training::readCard(path("runs/one"));
        ASSERT_TRUE(card) << card.error().sentence();
        ASSERT_TRUE(card->noteProblem) << damaged;
        EXPECT_EQ(card->noteProblem->path, path("runs/one/note.json"));
        EXPECT_EQ(card->run.epochs.size(), 2U);
    }
}

TEST_F(RunUpkeepTest, ARunGetsAnotherName) {
    writePlainRun(path("runs/two"), {}, {0.5}, "2026-01-01 00:00:00");
    const auto before = contentsOf(path("runs/one"));
    const auto renamed = training::renameRun(path("runs/one/"), "größer als -1");
    ASSERT_TRUE(renamed) << renamed.error().sentence();
    EXPECT_EQ(*renamed, path("runs/größer als -1"));
    EXPECT_FALSE(fs::exists(path("runs/one")));
    auto after = contentsOf(*renamed);
    std::erase(after, ".lock");  // taken for it
    EXPECT_EQ(after, before);
    EXPECT_EQ(training::openRun(*renamed)->name, "größer als -1");
    EXPECT_EQ(training::renameRun(*renamed, "größer als -1").value_or(""), *renamed);  // it is called so
}

TEST_F(RunUpkeepTest, ANameHasNoBlanksAtItsEnds) {
    const auto renamed = training::renameRun(path("runs/one"), "  my run ");
    ASSERT_TRUE(renamed) << renamed.error().sentence();
    EXPECT_EQ(*renamed, path("runs/my run"));
}

TEST_F(RunUpkeepTest, NamesThatAreNoneOrTakenAreRefused) {
    const std::string run = path("runs/one");
    const auto tried = [&](const std::string& name) { return withoutValue(training::renameRun(run, name)); };
    expectRefused(tried(""), "needs a name");
    expectRefused(tried("  "), "needs a name");
    expectRefused(tried(".."), "choose another");
    expectRefused(tried("a/b"), "no /");
    expectRefused(tried("a\\b"), "no \\");
    expectRefused(tried("a\nb"), "control characters");
    expectRefused(tried("\xff"), "control characters");
    expectRefused(tried(std::string(256, 'x')), "too long");
    fs::create_directories(path("runs/empty"));
    writeText(path("runs/file"), "mine");
    fs::create_symlink("nowhere", path("runs/link"));
    for (const char* taken : {"empty", "file", "link"})
        expectRefused(tried(taken), "called so already");
    EXPECT_EQ(readText(path("runs/file")), "mine");
    expectRefused(withoutValue(training::renameRun(path("runs/empty"), "x")), "no run here");
    fs::create_symlink("one", path("runs/alias"));
    expectRefused(withoutValue(training::renameRun(path("runs/alias/"), "x")), "link");
    EXPECT_TRUE(training::openRun(run));
}

TEST_F(RunUpkeepTest, ARunThatIsBeingTrainedStaysAsItIs) {
    const auto lock = training::RunLock::take(path("runs/one"));
    ASSERT_TRUE(lock);
    const auto before = contentsOf(path("runs/one"));
    expectRefused(withoutValue(training::renameRun(path("runs/one"), "two")), "being trained");
    expectRefused(training::checkRemovable(path("runs/one")), "being trained");
    expectRefused(training::removeRun(path("runs/one")), "being trained");
    EXPECT_EQ(contentsOf(path("runs/one")), before);
    EXPECT_TRUE(training::writeNote(path("runs/one"), {"while it goes on", false}));
}

TEST_F(RunUpkeepTest, ARunIsRemovedWithAllItsFiles) {
    const std::string run = path("runs/one");
    // What it may have besides: a commit in the middle, a note, a failure, what a killed process left.
    for (const char* file :
         {"note.json", "failure.json", "decisions.json", "evaluation.json", "predictions.csv", ".lock",
          "note.json.123-4.partial", "checkpoint/state.safetensors.77-1.partial",
          "checkpoint/next.partial/model.safetensors", "checkpoint/next.partial/metrics.jsonl"})
        writeText(run + "/" + file, "x");
    ASSERT_TRUE(training::checkRemovable(run + "/"));
    const auto removed = training::removeRun(run + "/");
    ASSERT_TRUE(removed) << removed.error().sentence();
    EXPECT_EQ(contentsOf(path("runs")), std::vector<std::string>{});
}

TEST_F(RunUpkeepTest, AKillWhileItIsRemovedLeavesARunThatMayGo) {
    const std::string run = path("runs/one");
    for (const char* file : {"note.json", "decisions.json", "evaluation.json", ".lock",
                             "checkpoint/next.partial/model.safetensors"})
        writeText(run + "/" + file, "x");
    const std::string copy = path("runs/copy");
    int ended = -1;
    long at = 1;
    for (; ended != 0 && at < 100; ++at) {
        fs::remove_all(copy);
        fs::copy(run, copy, fs::copy_options::recursive);
        ended = test::inChild([&] {
            test::setDevice(copy, test::DeviceDoes::Kill, at);
            return training::removeRun(copy) ? 0 : 1;
        });
        if (ended == 0) break;
        ASSERT_EQ(ended, 128 + SIGKILL) << at;
        if (fs::exists(copy + "/config.json")) {
            const auto removed = training::removeRun(copy);
            EXPECT_TRUE(removed) << at << ": " << removed.error().sentence();
        } else {
            // Nobody takes that for a run any more.
            for (const fs::directory_entry& left : fs::directory_iterator(copy))
                EXPECT_EQ(left.path().filename(), ".lock") << at;
        }
    }
    EXPECT_GT(at, 10);
    EXPECT_FALSE(fs::exists(copy));
}

TEST_F(RunUpkeepTest, WhatNoRunHasKeepsAllOfIt) {
    const std::string run = path("runs/one");
    const auto refusedFor = [&](const std::string& other, const auto& make) {
        make();
        const auto before = contentsOf(run);
        expectRefused(training::checkRemovable(run), other);
        expectRefused(training::removeRun(run), other);
        EXPECT_EQ(contentsOf(run), before);
        fs::remove_all(run + "/" + other);
    };
    const auto file = [&](const std::string& name) {
        refusedFor(name, [&] { writeText(run + "/" + name, "mine"); });
    };
    file("notes.txt");
    file("model.torchscript");
    file("checkpoint/notes.txt");
    file("model.safetensors.old.partial");
    file("checkpoint/model.safetensors");  // in a place where no run has it
    refusedFor("folder", [&] { fs::create_directories(run + "/folder"); });
    refusedFor("evaluation.json", [&] { fs::create_symlink("/etc/hostname", run + "/evaluation.json"); });
    refusedFor("predictions.csv", [&] { mkfifo((run + "/predictions.csv").c_str(), 0600); });
    for (int i = 0; i < 8; ++i)
        writeText(run + "/extra-" + std::to_string(i), "mine");
    expectRefused(training::removeRun(run), "and 3 more");
}

TEST_F(RunUpkeepTest, FoldersOfOthersAreNotRemoved) {
    // As other programs keep a model.
    writeText(path("model/config.json"), R"({"architectures": ["Bert"]})");
    writeText(path("model/model.safetensors"), "weights");
    expectRefused(training::removeRun(path("model")), "no run's");
    expectRefused(training::removeRun(path("runs")), "no run here");
    expectRefused(training::removeRun(path("nowhere")), "no run here");
    fs::create_symlink("one", path("runs/alias"));
    for (const std::string alias : {"runs/alias", "runs/alias/"})
        expectRefused(training::removeRun(path(alias)), "link");
    EXPECT_TRUE(training::openRun(path("runs/one")));
    EXPECT_TRUE(fs::exists(path("model/model.safetensors")));
}

TEST_F(RunUpkeepTest, ADamagedRunMayGo) {
    writeText(path("runs/one/config.json"), "{");
    writeText(path("runs/one/metrics.jsonl"), "{");
    ASSERT_TRUE(training::removeRun(path("runs/one")));
    EXPECT_FALSE(fs::exists(path("runs/one")));
}

TEST_F(RunUpkeepTest, ThoseThatBeganFromItAreKnown) {
    settings::TrainConfig config;
    config.weightsFile = path("runs/one/model.safetensors");
    writePlainRun(path("runs/child"), config, {0.5}, "2026-01-01 00:00:00");
    config.weightsFile = path("runs/one-more/model.safetensors");
    writePlainRun(path("runs/stranger"), config, {0.5}, "2026-01-01 00:00:00");
    const auto catalogue = training::listCatalogue(path("runs"));
    ASSERT_TRUE(catalogue);
    EXPECT_EQ(training::runsBegunFrom(path("runs/one/"), catalogue->runs),
              std::vector<std::string>{path("runs/child")});
}

// What a training really writes, in the middle and at its end.
class RemovedRunTest : public TrainingFixture {};

TEST_F(RemovedRunTest, EveryFileThatATrainingWritesIsARuns) {
    trainOrFail(config("run"));
    ASSERT_TRUE(training::writeNote(path("run"), {"x", true}));
    const auto removed = training::removeRun(path("run"));
    ASSERT_TRUE(removed) << removed.error().sentence();
    EXPECT_FALSE(fs::exists(path("run")));
}

// Its folder is the run's whatever it is called: the numbers are those of a run that was left alone.
TEST_F(RemovedRunTest, ARenamedRunGoesOn) {
    auto c = config("whole");
    trainOrFail(c);
    c.runFolder = path("run");
    runtime::RunControl control;
    const auto stopped = training::train(
        c,
        [&](const training::TrainEvent& event) {
            const auto* batch = std::get_if<training::BatchDone>(&event);
            if (batch != nullptr && batch->epoch == 2) control.stop();
        },
        control);
    ASSERT_TRUE(stopped) << stopped.error().sentence();
    ASSERT_FALSE(stopped->completed);
    const auto renamed = training::renameRun(path("run"), "another");
    ASSERT_TRUE(renamed) << renamed.error().sentence();
    runtime::RunControl again;
    const auto resumed = training::resumeRun(
        *renamed, [](const auto&) {}, again);
    ASSERT_TRUE(resumed) << resumed.error().sentence();
    EXPECT_EQ(tensorsIn(path("another/model.safetensors")), tensorsIn(path("whole/model.safetensors")));
}

}  // namespace

}  // namespace graft::test
