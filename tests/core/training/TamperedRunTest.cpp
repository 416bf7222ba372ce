// SPDX-License-Identifier: GPL-3.0-or-later
// Files of a run that are damaged, edited, another run's or no files are refused before anything is written:
// nothing goes on with other weights or images than the run's own.
#include <sys/stat.h>

#include <nlohmann/json.hpp>
#include <utility>
#include <vector>

#include "tests/support/ResumableFixture.h"

namespace graft::test {

namespace {

class TamperedRunTest : public ResumableFixture {
  protected:
    // Nothing of the run has changed, and the window knows it beforehand.
    void expectRefused(const std::string& run, const std::string& file, const std::string& part,
                       ErrorCode code = ErrorCode::BadFormat, const training::ResumeOptions& options = {}) {
        SCOPED_TRACE(run + "/" + file);
        const bool wasCompleted = fs::exists(path(run + "/checkpoint/completed"));
        const std::string plan = readText(path(run + "/config.json"));
        const std::string list = readText(path(run + "/dataset.json"));
        const auto refused = tryToResume(path(run), options);
        ASSERT_FALSE(refused);
        EXPECT_EQ(refused.error().code, code) << refused.error().sentence();
        EXPECT_EQ(refused.error().path, path(run + "/" + file)) << refused.error().sentence();
        EXPECT_NE(refused.error().message.english().find(part), std::string::npos)
            << refused.error().message.english();
        EXPECT_FALSE(training::checkResumable(training::openRun(path(run)).value()));
        EXPECT_EQ(fs::exists(path(run + "/checkpoint/completed")), wasCompleted);
        EXPECT_EQ(readText(path(run + "/config.json")), plan);
        EXPECT_EQ(readText(path(run + "/dataset.json")), list);
    }

    void expectNotTheRunsCheckpoint(const std::string& run, const std::string& file,
                                    const training::ResumeOptions& options = {}) {
        expectRefused(run, "checkpoint/" + file, "The checkpoint is not the one that this run wrote",
                      ErrorCode::BadFormat, options);
    }

    void copyOver(const std::string& from, const std::string& to) {
        fs::copy_file(path(from), path(to), fs::copy_options::overwrite_existing);
    }

    Result<evaluation::Evaluation> scoreEverything(const std::string& run, const std::string& folder) {
        runtime::RunControl control;
        return evaluation::evaluateFolder(path(run), path(folder), {.everything = true}, {}, control);
    }

    void expectNotTheRunsList(const std::string& run) {
        const std::string part = "The list of files is not the one that this run wrote";
        expectRefused(run, "dataset.json", part);
        const auto scored = scoreEverything(run, "images");
        ASSERT_FALSE(scored);
        EXPECT_EQ(scored.error().code, ErrorCode::BadFormat) << scored.error().sentence();
        EXPECT_EQ(scored.error().path, path(run + "/dataset.json"));
        EXPECT_NE(scored.error().message.english().find(part), std::string::npos)
            << scored.error().message.english();
    }

    // In the checkpoint of "run", which is left as it was.
    void expectFlippedBitsAreRefused() {
        for (const std::string file : {"frozen.safetensors", "state.safetensors"}) {
            const std::string whole = readText(path("run/checkpoint/" + file));
            std::string damaged = whole;
            damaged.back() = static_cast<char>(damaged.back() ^ 1);  // of the last tensor's last number
            writeText(path("run/checkpoint/" + file), damaged);
            expectNotTheRunsCheckpoint("run", file);
            writeText(path("run/checkpoint/" + file), whole);
        }
    }
};

TEST_F(TamperedRunTest, AFlippedBitOfTheCheckpointIsRefused) {
    auto c = frozen("whole");
    trainOrFail(c);
    c.runFolder = path("run");
    trainUntil(c, {2, false, 2});
    expectFlippedBitsAreRefused();
    resume(c.runFolder);
    expectSameEnd("whole", "run");
}

// The place in the epoch stands beside the tensors.
TEST_F(TamperedRunTest, AnEditedPlaceInTheEpochIsRefused) {
    const auto c = config("run");
    trainUntil(c, {2, false, 2});
    const std::string file = "run/checkpoint/state.safetensors";
    std::string edited = readText(path(file));
    const std::string key = R"(\"batches_done\":)";
    const auto at = edited.find(key);
    ASSERT_NE(at, std::string::npos);
    ASSERT_EQ(edited[at + key.size()], '2');
    edited[at + key.size()] = '1';
    writeText(path(file), edited);
    expectNotTheRunsCheckpoint("run", "state.safetensors");
}

TEST_F(TamperedRunTest, AnotherRunsCheckpointIsRefused) {
    const StopPoint stop{2, false, 1};
    const auto c = frozen("run");
    trainUntil(c, stop);
    auto other = frozen("other");
    other.seed = 77;
    other.optimizer.learningRate *= 3;
    trainUntil(other, stop);
    fs::copy(path("run/checkpoint"), path("kept"));

    copyOver("other/checkpoint/state.safetensors", "run/checkpoint/state.safetensors");
    expectNotTheRunsCheckpoint("run", "state.safetensors");
    copyOver("other/checkpoint/frozen.safetensors", "run/checkpoint/frozen.safetensors");
    expectNotTheRunsCheckpoint("run", "state.safetensors");  // both, which belong together
    copyOver("kept/state.safetensors", "run/checkpoint/state.safetensors");
    expectNotTheRunsCheckpoint("run", "frozen.safetensors");
    copyOver("kept/frozen.safetensors", "run/checkpoint/frozen.safetensors");
    resume(c.runFolder);
}

TEST_F(TamperedRunTest, ACompletedRunWithAnothersCheckpointStaysCompleted) {
    trainOrFail(config("run"));
    auto other = config("other");
    other.seed = 77;
    trainOrFail(other);
    copyOver("other/checkpoint/state.safetensors", "run/checkpoint/state.safetensors");
    expectNotTheRunsCheckpoint("run", "state.safetensors", {.dataFolder = {}, .epochs = 3, .device = {}});
}

// A copy is the same run.
TEST_F(TamperedRunTest, ACopyOfARunGoesOn) {
    const auto c = config("run");
    trainUntil(c, {2, false, 1});
    fs::copy(path("run"), path("copy"), fs::copy_options::recursive);
    resume(path("run"));
    resume(path("copy"));
    expectSameEnd("run", "copy");
}

TEST_F(TamperedRunTest, WithoutTheFrozenHalfTheCheckpointIsCalledMissing) {
    const auto c = frozen("run");
    trainUntil(c, {2, false, 1});
    fs::remove(path("run/checkpoint/frozen.safetensors"));
    expectRefused("run", "checkpoint/frozen.safetensors", "Half of the run's checkpoint is missing",
                  ErrorCode::NotFound);
}

// Of the same classes, with the same split and the same names, but of other pictures.
TEST_F(TamperedRunTest, AnotherRunsListIsRefused) {
    makeClasses(path("others/train"), 3, 12, 11);
    makeClasses(path("others/val"), 3, 6, 12);
    const auto c = config("run");
    trainUntil(c, {2, false, 1});
    auto other = config("other");
    other.datasetFolder = path("others");
    trainUntil(other, {2, false, 1});
    copyOver("run/dataset.json", "kept");
    copyOver("other/dataset.json", "run/dataset.json");
    expectNotTheRunsList("run");

    // Nor is it believed by a run that goes on from the weights ...
    auto next = config("next");
    next.weightsFile = path("run");
    runtime::RunControl control;
    const auto refused = training::train(
        next, [](const auto&) {}, control);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().path, path("run/dataset.json")) << refused.error().sentence();
    copyOver("kept", "run/dataset.json");
    resume(c.runFolder);
    // ... or made the run's own by noting a place in it.
    copyOver("other/dataset.json", "run/dataset.json");
    const std::string list = readText(path("run/dataset.json"));
    const auto placed = tryToResume(path("run"), {.dataFolder = path("others"), .epochs = 0, .device = {}});
    ASSERT_FALSE(placed);
    EXPECT_EQ(placed.error().path, path("run/dataset.json")) << placed.error().sentence();
    EXPECT_EQ(readText(path("run/dataset.json")), list);
}

// A training picture would be scored as if it had never been seen.
TEST_F(TamperedRunTest, AnEditedListIsRefused) {
    const auto c = config("run");
    trainUntil(c, {2, false, 1});
    const std::string list = readText(path("run/dataset.json"));
    using Json = nlohmann::ordered_json;
    const auto edited = [&](const std::string& key, const Json& value) {
        Json json = Json::parse(list);
        for (Json& file : json["files"]) {
            if (file["split"] != "train") continue;
            file[key] = value;
            break;
        }
        return json.dump(1);
    };
    for (const std::string& text :
         {edited("sha256", std::string(64, '0')), edited("path", "train/0/nobody.png"),
          edited("other_sha256", Json::array({std::string(64, '0')})), edited("bytes", 12)}) {
        writeText(path("run/dataset.json"), text);
        expectNotTheRunsList("run");
    }
    Json stripped = Json::parse(list);
    stripped.erase("digest");
    writeText(path("run/dataset.json"), stripped.dump());
    expectNotTheRunsList("run");

    // Where the images lie is a place, and how the file is laid out is no content.
    fs::rename(path("images"), path("elsewhere"));
    Json moved = Json::parse(list);
    moved["root"] = path("elsewhere");
    writeText(path("run/dataset.json"), moved.dump());
    resume(c.runFolder);
    const auto scored = scoreEverything("run", "elsewhere");
    ASSERT_TRUE(scored) << scored.error().sentence();
    EXPECT_EQ(scored->trainedOn, 36U);
}

TEST_F(TamperedRunTest, ARunWithoutItsDecisionsSaysNotWhoseListItHas) {
    trainOrFail(config("run"));
    fs::remove(path("run/decisions.json"));
    const auto scored = scoreEverything("run", "images");
    ASSERT_TRUE(scored) << scored.error().sentence();
    EXPECT_EQ(scored->trainedOn, std::nullopt);
    EXPECT_EQ(scored->trainedOnUnknown, std::vector{path("run/model.safetensors")});
}

// What has no seal goes on as before, and has one from its next checkpoint on.
TEST_F(TamperedRunTest, AnOlderRunGoesOnAndIsSealedFromThereOn) {
    auto c = frozen("whole");
    c.cache.variants = 0;
    trainOrFail(c);
    c.runFolder = path("run");
    trainUntil(c, {1, false, 2});
    makeOlder("run");
    runtime::RunControl control;
    control.stop();
    const auto stopped = training::resumeRun(
        c.runFolder, [](const auto&) {}, control);
    ASSERT_TRUE(stopped) << stopped.error().sentence();
    expectFlippedBitsAreRefused();
    resume(c.runFolder);
    expectSameEnd("whole", "run");
}

// Opening a pipe waits for somebody who writes into it. Each of these would wait forever.
TEST_F(TamperedRunTest, APipeInAFilesPlaceIsNotWaitedFor) {
    const auto c = config("run");
    trainUntil(c, {2, false, 1});
    const auto withAPipe = [&](const std::string& file, const auto& then) {
        SCOPED_TRACE(file);
        fs::rename(path("run/" + file), path("kept"));
        ASSERT_EQ(::mkfifo(path("run/" + file).c_str(), 0600), 0);
        then();
        fs::remove(path("run/" + file));
        fs::rename(path("kept"), path("run/" + file));
    };
    for (const std::string file :
         {"config.json", "dataset.json", "metrics.jsonl", "decisions.json", "model.safetensors",
          "model.safetensors.json", "checkpoint/state.safetensors", "checkpoint/frozen.safetensors"}) {
        withAPipe(file, [&] { EXPECT_FALSE(tryToResume(c.runFolder)); });
    }
    withAPipe("metrics.jsonl", [&] {
        const auto opened = training::openRun(c.runFolder);
        ASSERT_FALSE(opened);
        EXPECT_EQ(opened.error().path, path("run/metrics.jsonl"));
    });
    for (const std::string file : {"evaluation.json", "predictions.csv"})
        withAPipe(file, [&] { EXPECT_FALSE(training::readEvaluation(c.runFolder)); });
    withAPipe("model.safetensors", [&] {
        runtime::RunControl control;
        EXPECT_FALSE(evaluation::evaluateFolder(c.runFolder, path("images/val"), {}, {}, control));
    });
    withAPipe(".lock", [&] { EXPECT_TRUE(training::openRun(c.runFolder)); });
    withAPipe("log.txt", [&] { resume(c.runFolder); });
}

}  // namespace

}  // namespace graft::test
