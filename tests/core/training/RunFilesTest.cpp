// SPDX-License-Identifier: GPL-3.0-or-later
// A run whose disk fails, or that is killed, at every single change of its folder: nothing is half there, and
// it goes on to exactly what an undisturbed run gives.
#include <sys/resource.h>

#include <csignal>
#include <functional>

#include "core/training/RunFolder.h"
#include "core/training/detail/RunLock.h"
#include "core/training/detail/RunWriter.h"
#include "tests/support/FailingDevice.h"
#include "tests/support/InChild.h"
#include "tests/support/TrainingFixture.h"

namespace graft::test {

namespace {

using training::RunPaths;

enum ChildStatus { kDone = 0, kFailed = 1, kNoSentence = 2, kOtherFailure = 3 };

class RunFilesTest : public TrainingFixture {
  protected:
    void SetUp() override {
        TrainingFixture::SetUp();
        setenv("XDG_CACHE_HOME", path("cache").c_str(), 1);
        ASSERT_EQ(inChild([&] { return trainIn(plan("whole")); }), kDone);
    }

    // What is trained has features in the cache, dropout, and a first epoch that is not the best.
    settings::TrainConfig plan(const std::string& run) const {
        settings::TrainConfig c = config(run);
        c.freeze = backbones::freezeAll(backbones::listUnits(c.backbone).value());
        c.head = {"mlp", 8, 0.5};
        c.threads = 1;
        c.cache.variants = 2;
        return c;
    }

    static int statusOf(const Result<training::TrainReport>& report) {
        if (report) return report->completed ? kDone : kFailed;
        const Error& error = report.error();
        if (!error.message.english().ends_with('.')) return kNoSentence;
        return error.code == ErrorCode::Unwritable ? kFailed : kOtherFailure;
    }

    static int trainIn(const settings::TrainConfig& c) {
        runtime::RunControl control;
        return statusOf(training::train(
            c, [](const auto&) {}, control));
    }

    // As a person goes on: resume where there is a run, otherwise train once more.
    int goOn(const settings::TrainConfig& c) const {
        std::error_code error;
        if (!fs::exists(RunPaths(c.runFolder).config, error)) return trainIn(c);
        if (training::openRun(c.runFolder).value().completed) return kDone;
        runtime::RunControl control;
        return statusOf(training::resumeRun(
            c.runFolder, [](const auto&) {}, control));
    }

    // Of this folder, by a run that finds nothing in the cache, as those that are disturbed.
    long changesOfAWholeRun(const std::string& below = "count") {
        const std::string counted = path("counted");
        fs::remove_all(path("cache"));
        inChild([&] {
            setDevice(path(below), DeviceDoes::Nothing, 0);
            const int status = trainIn(plan("count"));
            const long changes = deviceChanges();
            setDevice("", DeviceDoes::Nothing, 0);
            writeText(counted, std::to_string(changes));
            return status;
        });
        return std::stol(readText(counted));
    }

    // Whatever can be opened belongs together, and nothing but whole files bears a run's names.
    void expectWhole(const std::string& run, const std::string& when) const {
        const RunPaths paths(path(run));
        std::error_code error;
        if (!fs::exists(paths.config, error)) return;
        const auto summary = training::openRun(path(run));
        ASSERT_TRUE(summary) << when << ": " << summary.error().sentence();
        EXPECT_TRUE(training::readDataset(path(run))) << when;
        EXPECT_TRUE(summary->completed || summary->resumable)
            << when << ": " << summary->whyNotResumable.english();
        ASSERT_EQ(summary->hasModel, !summary->epochs.empty()) << when;
        if (!summary->hasModel) return;
        EXPECT_TRUE(weights::readSafetensors(paths.model)) << when;
        const auto evaluation = training::readEvaluation(path(run));
        ASSERT_TRUE(evaluation) << when;
        // The evaluation beside the model is that of the best epoch in the list.
        EXPECT_EQ(evaluation->accuracy, summary->valAccuracy) << when;
        const auto& best = summary->epochs[static_cast<std::size_t>(summary->bestEpoch) - 1];
        EXPECT_EQ(evaluation->loss, best.valLoss) << when;
    }

    void expectTheUndisturbedEnd(const std::string& run, const std::string& when) const {
        EXPECT_TRUE(tensorsIn(path(run + "/model.safetensors")) == tensorsIn(path("whole/model.safetensors")))
            << when;
        EXPECT_TRUE(tensorsIn(path(run + "/checkpoint/state.safetensors")) ==
                    tensorsIn(path("whole/checkpoint/state.safetensors")))
            << when;
        EXPECT_EQ(readText(path(run + "/predictions.csv")), readText(path("whole/predictions.csv"))) << when;
        EXPECT_EQ(readText(path(run + "/evaluation.json")), readText(path("whole/evaluation.json"))) << when;
        const auto ours = training::openRun(path(run)).value();
        const auto theirs = training::openRun(path("whole")).value();
        ASSERT_EQ(ours.epochs.size(), theirs.epochs.size()) << when;
        for (std::size_t i = 0; i < ours.epochs.size(); ++i) {
            EXPECT_EQ(ours.epochs[i].trainLoss, theirs.epochs[i].trainLoss) << when;
            EXPECT_EQ(ours.epochs[i].valLoss, theirs.epochs[i].valLoss) << when;
            EXPECT_EQ(ours.epochs[i].learningRate, theirs.epochs[i].learningRate) << when;
            EXPECT_EQ(ours.epochs[i].best, theirs.epochs[i].best) << when;
        }
        EXPECT_TRUE(ours.completed) << when;
        for (const auto& entry : fs::recursive_directory_iterator(path(run)))
            EXPECT_EQ(entry.path().string().find(".partial"), std::string::npos)
                << when << ": " << entry.path();
        EXPECT_FALSE(fs::exists(path(run + "/checkpoint/next"))) << when;
    }

    void disturb(DeviceDoes what, long at, const std::string& below) {
        const std::string when = "change " + std::to_string(at);
        for (const char* folder : {"run", "cache"})
            fs::remove_all(path(folder));
        const auto c = plan("run");
        const int status = inChild([&] {
            setDevice(below, what, at);
            return trainIn(c);
        });
        if (what == DeviceDoes::Kill) {
            // A slow machine syncs more epochs, a fast one fewer: the last changes may not come.
            EXPECT_TRUE(status == 128 + SIGKILL || status == kDone) << when << ": status " << status;
        } else {
            EXPECT_TRUE(status == kDone || status == kFailed) << when << ": status " << status;
        }
        expectWhole("run", when);
        EXPECT_EQ(inChild([&] { return goOn(c); }), kDone) << when;
        expectTheUndisturbedEnd("run", when);
    }
};

TEST_F(RunFilesTest, AKillBeforeAnyChangeOfTheRunLosesNothing) {
    const long changes = changesOfAWholeRun();
    ASSERT_GT(changes, 30);
    for (long at = 1; at <= changes; ++at)
        disturb(DeviceDoes::Kill, at, path("run"));
}

TEST_F(RunFilesTest, AnyFailingChangeOfTheRunIsOneSentenceAndLosesNothing) {
    const long changes = changesOfAWholeRun();
    for (long at = 1; at <= changes; ++at)
        disturb(DeviceDoes::Fail, at, path("run"));
}

TEST_F(RunFilesTest, ADiskThatFillsUpAtAnyChangeLosesNothing) {
    const long changes = changesOfAWholeRun();
    for (long at = 1; at <= changes; ++at)
        disturb(DeviceDoes::Full, at, path("run"));
}

// The cache is no part of the run: whatever happens to it changes no number.
TEST_F(RunFilesTest, AFailingCacheChangesNoNumber) {
    const std::string features = "cache/graft/features";
    const long changes = changesOfAWholeRun(features);
    ASSERT_GT(changes, 6);
    for (const DeviceDoes what : {DeviceDoes::Fail, DeviceDoes::Full, DeviceDoes::Kill}) {
        for (long at = 1; at <= changes; ++at)
            disturb(what, at, path(features));
    }
}

TEST_F(RunFilesTest, ASecondOneThatKillsTheResumingLosesNothing) {
    const long changes = changesOfAWholeRun();
    for (long at = 7; at <= changes; at += 9) {
        const std::string when = "killed twice at change " + std::to_string(at);
        fs::remove_all(path("run"));
        const auto c = plan("run");
        inChild([&] {
            setDevice(path("run"), DeviceDoes::Kill, at);
            return trainIn(c);
        });
        for (long then = 1; then <= 3; ++then) {
            inChild([&] {
                setDevice(path("run"), DeviceDoes::Kill, 2 * then);
                return goOn(c);
            });
        }
        expectWhole("run", when);
        EXPECT_EQ(inChild([&] { return goOn(c); }), kDone) << when;
        expectTheUndisturbedEnd("run", when);
    }
}

// What a start that was killed before its config.json leaves is made anew; no other dataset.json is.
TEST_F(RunFilesTest, AListThatNoStartLeftBehindStays) {
    const auto c = plan("run");
    const std::string list = readText(path("whole/dataset.json"));
    const auto trainOver = [&](const std::string& content, bool besideACheckpoint) {
        fs::remove_all(path("run"));
        writeText(path("run/dataset.json"), content);
        if (besideACheckpoint) fs::create_directories(path("run/checkpoint"));
        return inChild([&] { return trainIn(c); });
    };
    for (const auto& [content, besideACheckpoint] :
         {std::pair<std::string, bool>{R"({"images": 3})", true}, {list, false}}) {
        EXPECT_EQ(trainOver(content, besideACheckpoint), kOtherFailure);  // InvalidArgument
        EXPECT_EQ(readText(path("run/dataset.json")), content);
        EXPECT_FALSE(fs::exists(path("run/config.json")));
    }
    EXPECT_EQ(trainOver(list, true), kDone);
    expectTheUndisturbedEnd("run", "after a start that was killed");
}

TEST_F(RunFilesTest, ALimitOnTheSizeOfFilesIsOneSentence) {
    const auto c = plan("run");
    const int status = inChild([&] {
        std::signal(SIGXFSZ, SIG_IGN);
        const rlimit tight{20000, 20000};
        setrlimit(RLIMIT_FSIZE, &tight);
        return trainIn(c);
    });
    EXPECT_EQ(status, kFailed);
    expectWhole("run", "limited");
    EXPECT_EQ(inChild([&] { return goOn(c); }), kDone);
    expectTheUndisturbedEnd("run", "limited");
}

// What a person moves stays whole where it is now, and nothing is written under the old name, whoever lives
// there.
TEST_F(RunFilesTest, ARunWhoseFolderIsMovedEndsWithASentenceAndGoesOnThere) {
    for (const bool isTaken : {false, true}) {
        const auto c = plan("run");
        const int status = inChild([&] {
            runtime::RunControl control;
            bool isMoved = false;
            return statusOf(training::train(
                c,
                [&](const training::TrainEvent& event) {
                    if (!std::holds_alternative<training::EpochDone>(event) || std::exchange(isMoved, true))
                        return;
                    fs::rename(path("run"), path("elsewhere"));
                    if (isTaken) {
                        writeText(path("run/config.json"), "another's");
                        writeText(path("run/log.txt"), "another's");
                    }
                },
                control));
        });
        EXPECT_EQ(status, kFailed);
        EXPECT_EQ(fs::exists(path("run")), isTaken);
        if (isTaken) {
            EXPECT_EQ(std::ranges::distance(fs::recursive_directory_iterator(path("run")),
                                            fs::recursive_directory_iterator()),
                      2);
            EXPECT_EQ(readText(path("run/config.json")), "another's");
            EXPECT_EQ(readText(path("run/log.txt")), "another's");
        }
        expectWhole("elsewhere", "moved");
        auto there = c;
        there.runFolder = path("elsewhere");
        EXPECT_EQ(inChild([&] { return goOn(there); }), kDone);
        expectTheUndisturbedEnd("elsewhere", "moved");
        fs::remove_all(path("elsewhere"));
        fs::remove_all(path("run"));
    }
}

TEST_F(RunFilesTest, ASecondProcessInTheSameRunGetsASentence) {
    const auto c = plan("run");
    ASSERT_EQ(inChild([&] { return trainIn(c); }), kDone);
    fs::remove(path("run/checkpoint/completed"));
    const auto refused = [&](const std::function<int()>& work) {
        const auto lock = training::RunLock::take(path("run"));
        ASSERT_TRUE(lock);
        EXPECT_TRUE(training::RunLock::isHeld(path("run")));
        const auto summary = training::openRun(path("run"));
        ASSERT_TRUE(summary);
        EXPECT_TRUE(summary->isBeingTrained);
        EXPECT_FALSE(summary->resumable);
        EXPECT_EQ(inChild(work), kFailed);
    };
    refused([&] { return goOn(c); });
    EXPECT_FALSE(training::RunLock::isHeld(path("run")));
    // Before the first one's config.json is there.
    auto begins = c;
    begins.runFolder = path("begins");
    fs::create_directories(path("begins/checkpoint"));
    const auto lock = training::RunLock::take(begins.runFolder);
    EXPECT_EQ(inChild([&] { return trainIn(begins); }), kFailed);
    EXPECT_FALSE(fs::exists(path("begins/config.json")));
}

}  // namespace

}  // namespace graft::test
